// The well, its picks, and what of them is to be seen. Views listen: "filter", "zone", "selection", "theme", "view".
const $ = (id) => document.getElementById(id);
const well = JSON.parse($("data").textContent);
const P = well.picks;
for (const key of Object.keys(P)) P[key] ||= []; // no picks at all
const count = P.depthM.length;
const LOW_DIP = 2; // degrees: below, an azimuth means nothing
const classNames = ["bedding", "fracture"];
const className = (c) => ["Bedding", "Fractures"][c];
const rad = Math.PI / 180;

const listeners = {};
const on = (event, f) => (listeners[event] ||= []).push(f);
const tell = (event) => (listeners[event] || []).forEach((f) => f());

const state = {
  classes: new Set([0, 1]), grades: null, confidence: 0,
  dip: P.trueDip.some((v) => v !== null) ? "true" : "apparent",
  zone: [well.topM, well.baseM], zoneInView: false,
  selected: -1,
  visible: [], // picks that pass the filters, by depth
};

const passes = (i) => state.classes.has(P.class[i]) &&
  (P.confidence[i] === null || P.confidence[i] >= state.confidence) &&
  (!state.grades || !P.quality[i] || state.grades.has(P.quality[i]));

function applyFilters() {
  state.visible = [];
  for (let i = 0; i < count; i++) if (passes(i)) state.visible.push(i);
  tell("filter");
}

// attitude of a pick for figures: [dip, azimuth], or null where that dip is not known.
function attitude(i, kind = state.dip) {
  const a = kind === "true" ? [P.trueDip[i], P.trueAzimuth[i]] : [P.dip[i], P.azimuth[i]];
  return a[0] === null || a[1] === null ? null : a;
}

// firstAt is the first visible pick at or below a depth, as an index of state.visible.
function firstAt(depthM) {
  let lo = 0, hi = state.visible.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (P.depthM[state.visible[mid]] < depthM) lo = mid + 1; else hi = mid;
  }
  return lo;
}

// tallest amplitude: how far above and below the view a midline may lie and its curve still be seen.
const tallestM = P.amplitudeM.reduce((a, b) => Math.max(a, b), 0);

function select(i) {
  state.selected = i;
  tell("selection");
}

// step of the series 1, 2, 5, 10, .. that is at least v.
function niceStep(v) {
  const decade = 10 ** Math.floor(Math.log10(v));
  return [1, 2, 5, 10].map((m) => m * decade).find((s) => s >= v * (1 - 1e-9));
}
const decimalsOf = (step) => Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));

// css reads a colour of the theme.
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// fit sizes a canvas to its box in device pixels and returns its context in CSS pixels.
function fit(canvas, width, height) {
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

function azimuthNames(kind) {
  if (kind === "true" || well.reference === "north" || well.reference === "magnetic") return ["N", "E", "S", "W", "N"];
  if (well.reference === "highside") return ["HS", "R", "LS", "L", "HS"];
  return ["0", "90", "180", "270", "360"];
}
const threeDigits = (deg) => String(Math.round(deg) % 360).padStart(3, "0");
