// The well, its picks, and what of them is to be seen. Views listen: "filter", "zone", "selection", "theme", "view".
const well = JSON.parse($("data").textContent);
const P = well.picks;
for (const key of Object.keys(P)) P[key] ||= []; // no picks at all
const count = P.depthM.length;
const classNames = ["bedding", "fracture"];
const className = (c) => ["Bedding", "Fractures"][c];

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
