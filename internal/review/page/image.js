// Image tiles: asked for where they come into view, and forgotten again.
import { review } from "./model.js";

const MOST = 60; // tiles kept; a view needs about six
const cache = new Map(); // address -> Image; in the order of use
const look = { contrast: "blend", colours: "heat" };

export function setLook(next) {
  Object.assign(look, next);
  cache.clear();
}

function get(level, number, ready) {
  const address = `tiles/${level}/${number}?contrast=${look.contrast}&colours=${look.colours}`;
  let image = cache.get(address);
  if (!image) {
    image = new Image();
    image.src = address;
  } else {
    cache.delete(address); // to the young end
  }
  cache.set(address, image);
  while (cache.size > MOST) cache.delete(cache.keys().next().value);
  if (image.complete) return image.naturalWidth ? image : null;
  image.addEventListener("load", ready, { once: true });
  return null;
}

// levelFor is the coarsest level that is fine enough for a scale in device pixels per metre.
function levelFor(pxPerM) {
  let best = 0;
  review.levels.forEach((l, k) => { if (l.px_per_m >= 0.7 * pxPerM) best = k; });
  return best;
}

// draw fills a rectangle with the image of topM to topM + height/pxPerM.
export function draw(c, x, width, height, topM, pxPerM, ready) {
  c.fillStyle = review.gap;
  c.fillRect(x, 0, width, height);
  const k = levelFor(pxPerM * (window.devicePixelRatio || 1)), l = review.levels[k];
  const last = Math.ceil(l.rows / review.tile_rows) - 1;
  const tileM = review.tile_rows / l.px_per_m;
  const first = Math.max(Math.floor((topM - review.top_m) / tileM), 0);
  const end = Math.min(Math.floor((topM + height / pxPerM - review.top_m) / tileM), last);
  c.save();
  c.beginPath();
  c.rect(x, 0, width, height);
  c.clip();
  c.imageSmoothingEnabled = pxPerM < 2.5 * l.px_per_m;
  c.imageSmoothingQuality = "high";
  for (let n = first; n <= end; n++) {
    const image = get(k, n, ready);
    if (!image) continue;
    const y = (review.top_m + n * tileM - topM) * pxPerM;
    // Half a pixel of overlap hides the seam between tiles.
    c.drawImage(image, x, y, width, image.naturalHeight / l.px_per_m * pxPerM + 0.5);
  }
  c.restore();
  // The neighbours, so that scrolling finds them ready.
  if (first > 0) get(k, first - 1, () => {});
  if (end < last) get(k, end + 1, () => {});
}
