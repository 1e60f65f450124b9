// What the mouse does on the log: select, drag the selected sinusoid by its handles, click points of a new one.
import { $, threeDigits } from "./logpage.js";
import { on, items, state, select, selected, change } from "./model.js";
import { proper, through } from "./curve.js";
import { view, sketch, hit, handlesOf, redraw } from "./view.js";

const canvas = $("view");
let drag = null; // {kind, x, y, start, id, moved}
let adding = false;

const curveOf = (it) => ({ z: it.z, amplitude: it.amplitude, azimuth: it.azimuth });

// grabbed is what of the selected sinusoid lies under a point, or null.
function grabbed(x, y) {
  const it = selected();
  if (!it || it.decision === "absent" || !view.onImage(x)) return null;
  const handle = handlesOf(it).find((h) => Math.hypot(h.x - x, h.y - y) < 11);
  if (handle) return handle.kind;
  return hit(x, y) === it ? "depth" : null;
}

function dragged(e) {
  const dx = (e.offsetX - drag.x) / view.imageWidth * 360, dz = (e.offsetY - drag.y) / view.pxPerM;
  const c = { ...drag.start };
  if (drag.kind === "depth") {
    c.z += dz;
    return c;
  }
  const across = Math.abs(e.offsetX - drag.x) > Math.abs(e.offsetY - drag.y);
  if (!e.shiftKey || !across) c.amplitude += drag.kind === "trough" ? dz : -dz;
  if (!e.shiftKey || across) c.azimuth += dx;
  return proper(c);
}

function hint(text) { $("hint").textContent = text; }

export function isAdding() { return adding; }
export function setClass(name) {
  sketch.class = name;
  if (adding) startAdding();
  redraw();
}

export function startAdding() {
  adding = true;
  document.querySelector('[data-act="add"]').classList.add("on");
  canvas.style.cursor = "crosshair";
  const left = Math.max(3 - sketch.points.length, 0);
  hint(`New ${sketch.class}: click ${left === 3 ? "three points" : left === 2 ? "two more points" : left === 1 ? "one more point" : "the last point"} on its trace, spread round the hole. Shift-click: more points follow. b, f: its class. Esc: stop.`);
}

// cancel ends whatever is being drawn or dragged.
export function cancel() {
  adding = false;
  drag = null;
  Object.assign(sketch, { curve: null, of: -1, points: [] });
  document.querySelector('[data-act="add"]').classList.remove("on");
  canvas.style.cursor = "";
  hint("");
  redraw();
}

async function addPoint(e) {
  if (!view.onImage(e.offsetX)) return;
  sketch.points.push([view.azimuthAt(e.offsetX), view.depthAt(e.offsetY)]);
  if (sketch.points.length < 3 || e.shiftKey) {
    startAdding();
    redraw();
    return;
  }
  const what = { op: "add", class: sketch.class, points: sketch.points.map(([azimuth_deg, depth_m]) => ({ azimuth_deg, depth_m })) };
  cancel();
  const it = await change(what);
  if (it) {
    select(it.id, true);
    hint("Drawn. s snaps it to the trace in the image, n draws another, u takes it back.");
  }
}

function down(e) {
  if (e.button !== 0) return;
  if (adding) {
    addPoint(e);
    return;
  }
  const kind = grabbed(e.offsetX, e.offsetY);
  if (kind) {
    const it = selected();
    drag = { kind, x: e.offsetX, y: e.offsetY, start: curveOf(it), id: it.id, moved: false };
    canvas.setPointerCapture(e.pointerId);
    return;
  }
  const it = hit(e.offsetX, e.offsetY);
  if (it) select(it.id, true);
}

function move(e) {
  readOut(e);
  if (drag) {
    drag.moved ||= Math.hypot(e.offsetX - drag.x, e.offsetY - drag.y) > 2;
    if (!drag.moved) return;
    Object.assign(sketch, { of: drag.id, curve: dragged(e) });
    redraw();
    return;
  }
  if (adding) {
    const points = [...sketch.points, [view.azimuthAt(e.offsetX), view.depthAt(e.offsetY)]];
    sketch.curve = points.length === 3 ? through(points) : null;
    redraw();
    return;
  }
  const kind = grabbed(e.offsetX, e.offsetY);
  canvas.style.cursor = kind === "depth" ? "ns-resize" : kind ? "move" : hit(e.offsetX, e.offsetY) ? "pointer" : "";
}

async function up(e) {
  if (!drag) return;
  const { id, moved } = drag, c = moved ? dragged(e) : null;
  drag = null;
  if (c) await change({ op: "move", id, curve: { depth_m: c.z, amplitude_m: c.amplitude, azimuth_deg: ((c.azimuth % 360) + 360) % 360 } });
  if (!drag) Object.assign(sketch, { of: -1, curve: null }); // until now, so that the curve does not jump back for a moment
  redraw();
}

function readOut(e) {
  let text = view.depthAt(e.offsetY).toFixed(3) + " m";
  if (view.onImage(e.offsetX)) text += `  ${threeDigits(view.azimuthAt(e.offsetX))}°`;
  const c = drag && sketch.curve ? sketch.curve : null;
  if (c) text = `depth ${c.z.toFixed(3)} m  amplitude ${(100 * c.amplitude).toFixed(1)} cm  azimuth ${threeDigits(c.azimuth)}°`;
  $("readout").textContent = text;
}

export function start() {
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", cancel);
  canvas.addEventListener("pointerleave", () => { if (!drag) $("readout").textContent = ""; });
  on("selection", () => { if (!adding) hint(""); });
  sketch.class = items[state.selected]?.class || "bedding";
}
