// The log: image, sinusoids and tadpoles, scrolling in depth.
import { $, rad, LOW_DIP, css, fit, niceStep, decimalsOf, azimuthNames } from "./logpage.js";
import { on, review, items, state, firstBelow, classInk } from "./model.js";
import { depthAt } from "./curve.js";
import * as image from "./image.js";

const DEPTH_WIDTH = 66, TADPOLES = 116, GAP = 26, HEAD = 42;
const PX_PER_PAPER_M = 96 / 0.0254; // CSS pixels
const scroller = $("scroller"), canvas = $("view");

export const view = { topM: 0, baseM: 0, pxPerM: 0, width: 0, height: 0, x: DEPTH_WIDTH, imageWidth: 300 };
view.y = (depthM) => (depthM - view.topM) * view.pxPerM;
view.depthAt = (y) => view.topM + y / view.pxPerM;
view.xOf = (azimuth) => view.x + view.imageWidth * azimuth / 360;
view.azimuthAt = (x) => (x - view.x) / view.imageWidth * 360;
view.onImage = (x) => x >= view.x && x <= view.x + view.imageWidth;
view.tadpoleX = (dip) => view.x + view.imageWidth + GAP + TADPOLES * Math.min(dip, 90) / 90;

// What the pointer is doing, drawn above the picks: {curve, of: id or -1, points}; see pointer.js.
export const sketch = { curve: null, of: -1, points: [], class: "bedding" };

let lengthM = 0, scale = 10, queued = false, bare = false, showCurves = true;
let scales = [];

function layOut() {
  view.width = scroller.clientWidth;
  view.height = scroller.clientHeight;
  view.imageWidth = Math.max(view.width - DEPTH_WIDTH - GAP - TADPOLES - 10, 120);
  $("spacer").style.height = Math.max(lengthM * view.pxPerM, 1) + "px";
}

// ids of the listed picks that may be seen.
function* seen(reachM) {
  for (let k = firstBelow(view.topM - reachM); k < state.byDepth.length; k++) {
    const it = items[state.byDepth[k]];
    if (it.z > view.baseM + reachM) return;
    yield it;
  }
}

export const redraw = () => { if (!queued) { queued = true; requestAnimationFrame(draw); } };
const drawn = []; // called after each drawing
export const onDraw = (f) => drawn.push(f);

function draw() {
  queued = false;
  const c = fit(canvas, view.width, view.height);
  view.topM = review.top_m + scroller.scrollTop / view.pxPerM;
  view.baseM = view.topM + view.height / view.pxPerM;
  const height = Math.min(view.height, view.y(review.base_m));
  image.draw(c, view.x, view.imageWidth, height, view.topM, view.pxPerM, redraw);
  c.save();
  c.beginPath();
  c.rect(view.x, 0, view.imageWidth, height);
  c.clip();
  if (showCurves && !bare) {
    for (const it of seen(state.tallestM)) if (it.id !== state.selected) sinusoid(c, it, it);
  }
  const it = items[state.selected];
  if (it && it.decision !== "absent" && !bare) {
    const curve = sketch.of === it.id ? sketch.curve : it;
    sinusoid(c, it, curve, true);
    c.restore();
    handles(c, curve); // those at the edges of the image in full
  } else {
    c.restore();
  }
  if (!bare) drawSketch(c);
  c.strokeStyle = css("--faint");
  c.lineWidth = 1;
  c.strokeRect(view.x - 0.5, -1, view.imageWidth + 1, height + 1);
  axis(c);
  tadpoles(c, height);
  drawn.forEach((f) => f());
}

function axis(c) {
  const step = niceStep(64 / view.pxPerM), minor = step / 5;
  const end = Math.min(view.baseM, review.base_m);
  c.textAlign = "right";
  for (let k = Math.ceil(Math.max(view.topM, review.top_m) / minor - 1e-9); k * minor <= end + 1e-9; k++) {
    const y = Math.round(view.y(k * minor)), labelled = k % 5 === 0;
    c.fillStyle = css("--faint");
    c.fillRect(view.x - (labelled ? 9 : 4), y, labelled ? 9 : 4, 1);
    c.fillStyle = css("--ink");
    if (labelled) c.fillText((k * minor).toFixed(decimalsOf(step)), view.x - 12, Math.min(Math.max(y + 4, 11), view.height - 2));
  }
}

function path(c, curve) {
  c.beginPath();
  for (let k = 0; k <= 120; k++) {
    const x = view.x + view.imageWidth * k / 120, y = view.y(depthAt(curve, 3 * k));
    if (k) c.lineTo(x, y); else c.moveTo(x, y);
  }
}

// sinusoid draws a pick's curve: dotted while nobody has decided, solid where accepted, grey and dashed where rejected.
function sinusoid(c, it, curve, chosen) {
  const rejected = it.decision === "rejected";
  const width = (chosen ? 3 : 2.2) * Math.min(Math.max(view.pxPerM / 90, 0.6), 1);
  c.save();
  c.lineJoin = "round";
  c.setLineDash(rejected ? [7, 6] : it.decision === "open" ? [2.5, 4] : []);
  c.lineCap = it.decision === "open" ? "round" : "butt";
  path(c, curve);
  c.globalAlpha = rejected && !chosen ? 0.65 : 1;
  if (width > 0.9) { // a light edge lifts the curve off the image
    c.strokeStyle = chosen ? "#fff" : "rgba(255,255,255,.75)";
    c.lineWidth = width + (chosen ? 2.8 : 1.8);
    c.stroke();
  }
  c.strokeStyle = chosen ? css("--mark") : rejected ? "#555" : classInk(it.class);
  c.lineWidth = width;
  c.stroke();
  c.restore();
}

// handlesOf are what a curve can be dragged by: [kind, azimuth].
export const handlesOf = (curve) => [["trough", curve.azimuth], ["crest", curve.azimuth + 180], ["depth", curve.azimuth + 90], ["depth", curve.azimuth + 270]]
  .map(([kind, azimuth]) => {
    const a = ((azimuth % 360) + 360) % 360;
    return { kind, x: view.xOf(a), y: view.y(depthAt(curve, a)) };
  });

function handles(c, curve) {
  for (const h of handlesOf(curve)) {
    c.beginPath();
    if (h.kind === "depth") c.rect(h.x - 5, h.y - 5, 10, 10); else c.arc(h.x, h.y, 6.5, 0, 2 * Math.PI);
    c.fillStyle = "#fff";
    c.fill();
    c.strokeStyle = css("--mark");
    c.lineWidth = 2.4;
    c.stroke();
  }
}

function drawSketch(c) {
  if (sketch.curve && sketch.of < 0) {
    c.save();
    c.beginPath();
    c.rect(view.x, 0, view.imageWidth, view.height);
    c.clip();
    path(c, sketch.curve);
    c.strokeStyle = "#fff";
    c.lineWidth = 5;
    c.stroke();
    c.strokeStyle = classInk(sketch.class);
    c.lineWidth = 2.4;
    c.stroke();
    c.restore();
  }
  for (const [azimuth, depthM] of sketch.points) {
    c.beginPath();
    c.arc(view.xOf(azimuth), view.y(depthM), 5, 0, 2 * Math.PI);
    c.fillStyle = classInk(sketch.class);
    c.fill();
    c.strokeStyle = "#fff";
    c.lineWidth = 2;
    c.stroke();
  }
}

// attitude that a tadpole shows: true where it is known.
export const attitude = (it) => it.true_dip_deg === null || it.true_azimuth_deg === null ?
  [it.apparent_dip_deg, it.apparent_azimuth_deg, true] : [it.true_dip_deg, it.true_azimuth_deg, false];

function tadpoles(c, height) {
  const x0 = view.tadpoleX(0);
  c.fillStyle = css("--grid");
  for (let dip = 10; dip < 90; dip += 10) c.fillRect(Math.round(view.tadpoleX(dip)), 0, 1, height);
  c.strokeStyle = css("--faint");
  c.lineWidth = 1;
  c.strokeRect(x0 - 0.5, -1, TADPOLES + 1, height + 1);
  for (const it of seen(0.05)) {
    const chosen = it.id === state.selected, [dip, azimuth] = attitude(it);
    const x = view.tadpoleX(dip), y = view.y(it.z), r = chosen ? 6 : 4;
    if (it.decision === "rejected" && !chosen) continue;
    c.strokeStyle = c.fillStyle = chosen ? css("--mark") : classInk(it.class);
    c.lineWidth = 1.6;
    if (dip >= LOW_DIP) {
      c.beginPath();
      c.moveTo(x, y);
      c.lineTo(x + 3.1 * r * Math.sin(azimuth * rad), y - 3.1 * r * Math.cos(azimuth * rad));
      c.stroke();
    }
    c.beginPath();
    c.arc(x, y, r, 0, 2 * Math.PI);
    if (it.decision === "open") {
      c.fillStyle = css("--paper");
      c.fill();
      c.stroke();
    } else {
      c.fill();
    }
  }
}

function drawHead() {
  const c = fit($("head"), view.width, HEAD);
  const mark = (x, text) => {
    c.textAlign = "center";
    c.fillStyle = css("--ink");
    c.fillText(text, x, 32);
    c.fillStyle = css("--faint");
    c.fillRect(Math.round(x), HEAD - 5, 1, 5);
  };
  c.fillStyle = css("--faint");
  c.textAlign = "right";
  c.fillText("depth, m", view.x - 12, 14);
  c.textAlign = "center";
  c.fillText("image and sinusoids", view.x + view.imageWidth / 2, 14);
  const known = items.some((it) => it.true_dip_deg !== null);
  c.fillText(known ? "true dip" : "apparent dip", view.tadpoleX(45), 14);
  azimuthNames(review.reference).forEach((name, k) => mark(view.xOf(90 * k), name));
  [0, 30, 60, 90].forEach((dip) => mark(view.tadpoleX(dip), dip + "°"));
}

// hit is the pick under a point of the view, or null.
export function hit(x, y) {
  let best = null, least = 8;
  if (view.onImage(x)) {
    const azimuth = view.azimuthAt(x);
    for (const it of seen(state.tallestM)) {
      const d = Math.abs(view.y(depthAt(it, azimuth)) - y);
      if (d < least) [best, least] = [it, d];
    }
  } else {
    for (const it of seen(0.5)) {
      const d = Math.hypot(view.tadpoleX(attitude(it)[0]) - x, view.y(it.z) - y);
      if (d < least) [best, least] = [it, d];
    }
  }
  return best;
}

export function scrollToDepth(depthM) {
  scroller.scrollTop = (depthM - review.top_m) * view.pxPerM - view.height / 2;
  redraw();
}

// show scrolls only where a pick is not well in view.
export function show(it) {
  const y = view.y(it.z), reach = Math.min(it.amplitude * view.pxPerM, view.height / 3) + 20;
  if (y - reach < 0 || y + reach > view.height) scrollToDepth(it.z);
}

function setScale(next) {
  const middle = view.depthAt(view.height / 2);
  scale = next;
  view.pxPerM = PX_PER_PAPER_M / scale;
  $("scale").value = scale;
  layOut();
  scrollToDepth(middle);
}
export function zoom(by) {
  setScale(scales[Math.min(Math.max(scales.indexOf(scale) + by, 0), scales.length - 1)]);
}

// setBare hides all curves for a moment.
export function setBare(on) {
  if (bare !== on) {
    bare = on;
    redraw();
  }
}

export function start() {
  lengthM = review.base_m - review.top_m;
  scales = [2, 5, 10, 20, 40, 100, 200, 500, 1000].filter((s) => s <= 10 || PX_PER_PAPER_M / s * lengthM > 200);
  for (const s of scales) $("scale").add(new Option("1:" + s, s));
  view.pxPerM = PX_PER_PAPER_M / scale;
  $("scale").value = scale;
  $("scale").onchange = (e) => { setScale(Number(e.target.value)); scroller.focus(); };
  $("curves").onchange = (e) => { showCurves = e.target.checked; redraw(); };
  $("goto").onchange = (e) => scrollToDepth(Number(e.target.value));
  const look = () => { image.setLook({ contrast: $("contrast").value, colours: $("colours").value }); redraw(); };
  $("contrast").onchange = look;
  $("colours").onchange = look;
  scroller.addEventListener("scroll", redraw, { passive: true });
  new ResizeObserver(() => { layOut(); drawHead(); redraw(); }).observe(scroller);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { drawHead(); redraw(); });
  on("items", () => { drawHead(); redraw(); });
  on("selection", (quietly) => {
    const it = items[state.selected];
    if (it && !quietly) show(it);
    redraw();
  });
  layOut();
}
