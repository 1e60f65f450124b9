// Image tiles: asked for where they come into view, and forgotten again.
import { drawTiles } from "./logpage.js";
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

// draw fills a rectangle with the image of topM to topM + height/pxPerM.
export function draw(c, x, width, height, topM, pxPerM, ready) {
  const levels = review.levels.map((l) => ({ pxPerM: l.px_per_m, rows: l.rows }));
  drawTiles(c, x, width, height, topM, pxPerM, { topM: review.top_m, tileRows: review.tile_rows, levels, detail: 0.7, gap: review.gap, get }, ready);
}
