// Image tiles: decoded where they come into view, coloured for the contrast and the colours chosen, and forgotten again.
const tiles = (() => {
  const MOST = 48; // tiles kept; a view needs about six
  const cache = new Map(); // key -> {grey, gaps, mean, sd, canvas, look}; in the order of use
  let look = { contrast: "blend", colours: "heat" }, lookNumber = 0;
  const hex = (s) => [1, 3, 5].map((k) => parseInt(s.slice(k, k + 2), 16));
  const stops = { heat: well.colours.image.map(hex), grey: [[0, 0, 0], [255, 255, 255]] };
  const gap = hex(well.colours.gap);
  const table = new Uint8ClampedArray(3 * 256);
  // The share of a normal distribution below z spreads the dynamic image evenly over the colours.
  const spread = new Float32Array(256);
  for (let g = 0; g < 256; g++) {
    const z = (g - 128) * well.greyRange / 127;
    spread[g] = 1 / (1 + Math.exp(-1.702 * z)); // logistic, within 0.01 of the normal
  }

  function setLook(next) {
    look = next;
    lookNumber++;
    const s = stops[look.colours];
    for (let i = 0; i < 256; i++) {
      const x = i / 255 * (s.length - 1), k = Math.min(Math.floor(x), s.length - 2), f = x - k;
      for (let c = 0; c < 3; c++) table[3 * i + c] = s[k][c] + f * (s[k + 1][c] - s[k][c]);
    }
  }
  setLook(look);

  async function pixels(base64, type) {
    const img = new Image();
    img.src = "data:image/" + type + ";base64," + base64;
    await img.decode();
    const canvas = document.createElement("canvas");
    canvas.width = img.naturalWidth;
    canvas.height = img.naturalHeight;
    const c = canvas.getContext("2d", { willReadFrequently: true });
    c.drawImage(img, 0, 0);
    return c.getImageData(0, 0, canvas.width, canvas.height);
  }

  async function load(key, entry) {
    const source = $("tile-" + key);
    if (!source) {
      entry.empty = true;
      return;
    }
    const [grey, gaps] = source.textContent.split(" ");
    const image = await pixels(grey, "jpeg");
    entry.width = image.width;
    entry.height = image.height;
    entry.grey = new Uint8Array(image.width * image.height);
    for (let i = 0; i < entry.grey.length; i++) entry.grey[i] = image.data[4 * i];
    if (gaps) {
      const mask = await pixels(gaps, "png");
      entry.gaps = new Uint8Array(entry.grey.length);
      for (let i = 0; i < entry.gaps.length; i++) entry.gaps[i] = mask.data[4 * i + 3];
    }
    entry.mean = JSON.parse(source.dataset.mean);
    entry.sd = JSON.parse(source.dataset.sd);
  }

  function colour(entry) {
    const { width, height, grey, gaps } = entry;
    entry.canvas ||= Object.assign(document.createElement("canvas"), { width, height });
    const c = entry.canvas.getContext("2d"), out = c.createImageData(width, height);
    const share = { dynamic: 1, blend: 0.7, static: 0 }[look.contrast];
    const at = (list, y) => {
      const k = Math.min(Math.floor(y / well.gainRows), list.length - 1), n = Math.min(k + 1, list.length - 1);
      return (list[k] + (list[n] - list[k]) * (y / well.gainRows - k)) / 100;
    };
    const level = new Uint8Array(256);
    for (let y = 0, i = 0; y < height; y++) {
      const mean = at(entry.mean, y), sd = at(entry.sd, y);
      for (let g = 0; g < 256; g++) {
        const z = (g - 128) * well.greyRange / 127;
        const still = Math.min(Math.max(0.5 + (mean + sd * z) / 5, 0), 1); // 2.5 standard deviations to either side
        level[g] = 255 * (share * spread[g] + (1 - share) * still);
      }
      for (let x = 0; x < width; x++, i++) {
        const o = 4 * i;
        if (gaps && gaps[i] > 127) {
          out.data[o] = gap[0]; out.data[o + 1] = gap[1]; out.data[o + 2] = gap[2];
        } else {
          const t = 3 * level[grey[i]];
          out.data[o] = table[t]; out.data[o + 1] = table[t + 1]; out.data[o + 2] = table[t + 2];
        }
        out.data[o + 3] = 255;
      }
    }
    c.putImageData(out, 0, 0);
    entry.look = lookNumber;
  }

  // get returns the canvas of a tile, or null and calls ready later.
  function get(level, number, ready) {
    const key = level + "-" + number;
    let entry = cache.get(key);
    if (!entry) {
      entry = {};
      entry.loading = load(key, entry).then(() => { entry.loaded = true; ready(); });
    } else {
      cache.delete(key); // to the young end
    }
    cache.set(key, entry);
    while (cache.size > MOST) cache.delete(cache.keys().next().value);
    if (!entry.loaded || entry.empty) return null;
    if (entry.look !== lookNumber) colour(entry);
    return entry.canvas;
  }

  const { levels, tileRows } = well;
  const image = { topM: levels[0].topM, tileRows, levels, detail: 0.5, gap: well.colours.gap, get };
  const draw = (c, x, width, height, topM, pxPerM, ready) => drawTiles(c, x, width, height, topM, pxPerM, image, ready);
  return { draw, setLook, loadedTiles: () => cache.size };
})();
