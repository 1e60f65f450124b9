// The whole log beside the view: image, picks by depth and state, where the view is.
import { $, css, fit } from "./logpage.js";
import { on, review, items, state, classInk } from "./model.js";
import { view, onDraw, scrollToDepth } from "./view.js";
import * as image from "./image.js";

const WIDTH = 64, IMAGE = 30;
let queued = false;

function draw() {
  queued = false;
  const height = $("body").clientHeight, c = fit($("navigator"), WIDTH, height);
  const pxPerM = height / (review.base_m - review.top_m);
  image.draw(c, 0, IMAGE, height, review.top_m, pxPerM, queue);
  c.globalAlpha = Math.min(Math.max(height / (2 * state.byDepth.length), 0.15), 1); // many picks: the denser, the stronger
  for (const id of state.byDepth) {
    const it = items[id], y = (it.z - review.top_m) * pxPerM;
    c.fillStyle = it.decision === "rejected" ? css("--line") : classInk(it.class);
    // Open picks reach half as far as decided ones: what is left to do is where the edge is ragged.
    c.fillRect(IMAGE + 3, y - 0.5, it.decision === "open" ? 12 : WIDTH - IMAGE - 5, 1);
  }
  c.globalAlpha = 1;
  const mark = (y, h) => {
    c.strokeStyle = css("--mark");
    c.lineWidth = 2;
    c.strokeRect(1, Math.min(Math.max(y, 1), height - 5), WIDTH - 2, Math.max(Math.min(h, height - 2), 4));
  };
  mark((view.topM - review.top_m) * pxPerM, (view.baseM - view.topM) * pxPerM);
  const it = items[state.selected];
  if (it) {
    c.fillStyle = css("--mark");
    c.fillRect(0, (it.z - review.top_m) * pxPerM - 1, WIDTH, 2);
  }
}
const queue = () => { if (!queued) { queued = true; requestAnimationFrame(draw); } };

export function start() {
  const go = (e) => scrollToDepth(review.top_m + e.offsetY / $("navigator").clientHeight * (review.base_m - review.top_m));
  $("navigator").addEventListener("pointerdown", (e) => { e.target.setPointerCapture(e.pointerId); go(e); });
  $("navigator").addEventListener("pointermove", (e) => { if (e.buttons) go(e); });
  onDraw(queue);
  on("items", queue);
}
