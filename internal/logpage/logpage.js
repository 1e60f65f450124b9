// What the pages of a log share: a module of its own for a page that loads modules, and text without "export" for one that is a single file.
export const $ = (id) => document.getElementById(id);
export const rad = Math.PI / 180;
export const LOW_DIP = 2; // degrees: below, an azimuth means nothing

// css reads a colour of the theme.
export const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// fit sizes a canvas to its box in device pixels and returns its context in CSS pixels.
export function fit(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const w = Math.round(width * ratio), h = Math.round(height * ratio);
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = width + "px";
    canvas.style.height = height + "px";
  }
  const c = canvas.getContext("2d");
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.clearRect(0, 0, width, height);
  c.font = '12px system-ui, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif';
  return c;
}

// niceStep of the series 1, 2, 5, 10, .. that is at least v.
export function niceStep(v) {
  const decade = 10 ** Math.floor(Math.log10(v));
  return [1, 2, 5, 10].map((m) => m * decade).find((s) => s >= v * (1 - 1e-9));
}
export const decimalsOf = (step) => Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));

export const threeDigits = (deg) => String(Math.round(deg) % 360).padStart(3, "0");

// azimuthNames of the quarters of the hole, by what azimuth 0 is.
export function azimuthNames(reference) {
  if (reference === "north" || reference === "magnetic") return ["N", "E", "S", "W", "N"];
  if (reference === "highside") return ["HS", "R", "LS", "L", "HS"];
  return ["0", "90", "180", "270", "360"];
}

// drawTiles fills a rectangle with the image of topM to topM + height/pxPerM. The image is {topM, tileRows, levels: [{pxPerM, rows}],
// detail, gap, get}: detail is how coarse a level may be for the pixels of the screen, gap the colour where nothing is, and
// get(level, number, ready) returns a tile, or null and calls ready later.
export function drawTiles(c, x, width, height, topM, pxPerM, image, ready) {
  c.fillStyle = image.gap;
  c.fillRect(x, 0, width, height);
  let k = 0; // the coarsest level that is fine enough
  image.levels.forEach((l, i) => { if (l.pxPerM >= image.detail * pxPerM * (window.devicePixelRatio || 1)) k = i; });
  const l = image.levels[k];
  const last = Math.ceil(l.rows / image.tileRows) - 1;
  const tileM = image.tileRows / l.pxPerM;
  const first = Math.max(Math.floor((topM - image.topM) / tileM), 0);
  const end = Math.min(Math.floor((topM + height / pxPerM - image.topM) / tileM), last);
  c.save();
  c.beginPath();
  c.rect(x, 0, width, height);
  c.clip();
  c.imageSmoothingEnabled = pxPerM < 2.5 * l.pxPerM;
  c.imageSmoothingQuality = "high";
  for (let n = first; n <= end; n++) {
    const tile = image.get(k, n, ready);
    if (!tile) continue;
    const y = (image.topM + n * tileM - topM) * pxPerM;
    // Half a pixel of overlap hides the seam between tiles.
    c.drawImage(tile, x, y, width, tile.height / l.pxPerM * pxPerM + 0.5);
  }
  c.restore();
  // The neighbours, so that scrolling finds them ready.
  if (first > 0) image.get(k, first - 1, () => {});
  if (end < last) image.get(k, end + 1, () => {});
}
