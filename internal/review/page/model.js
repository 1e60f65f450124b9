// The review as the server has it, what of it is shown, and the changes that are asked for. Views listen: "items", "selection", "order",
// "trouble", "step".

const listeners = {};
export const on = (event, f) => (listeners[event] ||= []).push(f);
export const tell = (event, detail) => (listeners[event] || []).forEach((f) => f(detail));

export const review = {}; // what api/review says
export const items = []; // by id: {id, decision, class, z, amplitude, azimuth, ..., doubt}
export const state = {
  order: "doubt", show: "all", class: "all",
  selected: -1,
  listed: [], // ids that pass the filters, in the chosen order
  byDepth: [], // the same, by depth
  tallestM: 0, // amplitude of the tallest
};

// flat is an item as the page uses it.
function flat(shown) {
  const it = shown.item;
  return {
    ...it, z: it.depth_m, amplitude: shown.trace_m, azimuth: it.apparent_azimuth_deg,
    flags: it.flags ? it.flags.split("|") : [], quality: it.quality || "",
  };
}

async function ask(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw Object.assign(new Error("The server has ended. All changes up to here are in the journal: start geobfdt review again with the same files."), { gone: true });
  }
  const result = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(result.error), { status: answer.status });
  return result;
}

export async function load() {
  const r = await ask("api/review");
  Object.assign(review, r);
  items.length = 0;
  for (const shown of r.items) items.push({ ...flat(shown), doubt: shown.doubt });
  list();
}

const passes = (it) => it.decision !== "absent" &&
  (state.show === "all" || it.decision === state.show) && (state.class === "all" || it.class === state.class);

// list is called whenever items or filters have changed.
export function list() {
  const shown = items.filter(passes);
  const depth = (a, b) => a.z - b.z || a.id - b.id;
  // What a person has drawn has no doubt, and comes last.
  const doubt = (it) => it.doubt === null ? Infinity : it.doubt;
  state.byDepth = shown.toSorted(depth).map((it) => it.id);
  state.listed = state.order === "depth" ? state.byDepth : shown.toSorted((a, b) => (doubt(a) === doubt(b) ? depth(a, b) : doubt(a) - doubt(b))).map((it) => it.id);
  state.tallestM = shown.reduce((m, it) => Math.max(m, it.amplitude), 0);
  tell("items");
}

export function select(id, quietly) {
  state.selected = id;
  tell("selection", quietly);
}
export const selected = () => items[state.selected];

// firstBelow is the first of the ids of state.byDepth at or below a depth, as an index.
export function firstBelow(depthM) {
  let lo = 0, hi = state.byDepth.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (items[state.byDepth[mid]].z < depthM) lo = mid + 1; else hi = mid;
  }
  return lo;
}

// Changes go to the server one after the other, so that each knows the one before.
let last = Promise.resolve();
export const trouble = { text: "" };

// change asks for one and resolves to the item as it is then, or to null where it was refused.
export function change(what) {
  const result = last.then(async () => {
    tell("step", "saving");
    try {
      const answer = await ask("api/change", { id: -1, ...what, seq: review.seq });
      const it = flat(answer);
      Object.assign(review, { seq: answer.seq, undo: answer.undo, redo: answer.redo });
      it.doubt = items[it.id] ? items[it.id].doubt : null;
      items[it.id] = it;
      trouble.text = "";
      list();
      tell("step", "saved");
      return it;
    } catch (e) {
      await failed(e);
      return null;
    }
  });
  last = result.then(() => {}, () => {});
  return result;
}

async function failed(e) {
  if (e.status === 422) { // a change that makes no sense: nothing is lost
    tell("step", "saved");
    tell("trouble", e.message);
    return;
  }
  trouble.text = e.gone ? "server ended" : "NOT SAVED";
  tell("step", "failed");
  tell("trouble", e.message);
  if (e.status === 409) {
    try {
      await load();
      trouble.text = "";
      tell("step", "saved");
    } catch { /* the trouble stands */ }
  }
}

export const save = () => last.then(() => ask("api/save", {}));
export const finish = () => last.then(() => ask("api/finish", {}));

export const classInk = (name) => review.class_ink[name === "bedding" ? 0 : 1];
