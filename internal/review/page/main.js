// What keys and buttons do.
import { $ } from "./logpage.js";
import { on, review, items, state, load, list, select, selected, change, save, finish } from "./model.js";
import * as log from "./view.js";
import * as pointer from "./pointer.js";
import * as picks from "./list.js";
import * as navigator from "./navigator.js";

let toastTimer = 0;
function toast(text, bad) {
  $("toast").textContent = text;
  $("toast").className = bad ? "on bad" : "on";
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").className = ""; }, bad ? 9000 : 2600);
}

// step selects the next or previous pick of the list.
function step(by) {
  if (!state.listed.length) return;
  const at = state.listed.indexOf(state.selected);
  const k = at < 0 ? 0 : Math.min(Math.max(at + by, 0), state.listed.length - 1);
  select(state.listed[k]);
}

// decide accepts or rejects the selected pick and goes on to the next open one of the order. Both show at once, so that whoever types faster
// than the disk writes decides on the pick that is in view.
async function decide(op) {
  const it = selected();
  if (!it || it.decision === "absent") return;
  const at = state.listed.indexOf(it.id);
  const open = (id) => id !== it.id && items[id].decision === "open";
  const next = state.listed.slice(at + 1).find(open) ?? state.listed.slice(0, Math.max(at, 0)).find(open);
  const answer = change({ op, id: it.id });
  const meanwhile = items[it.id] = { ...it, decision: op === "accept" ? "accepted" : "rejected" };
  list();
  if (it.decision === "open") {
    if (next !== undefined) select(next);
    else toast("Every pick of this list is decided.");
  }
  if (!await answer && items[it.id] === meanwhile) { // refused, or not saved
    items[it.id] = it;
    list();
    select(it.id);
  }
}

async function act(what) {
  const it = selected();
  if (it && it.decision !== "absent") await change({ id: it.id, ...what });
}

async function again(op) {
  const it = await change({ op });
  if (it && it.decision !== "absent") select(it.id);
  else if (it) select(-1);
}

function classed(name) {
  if (pointer.isAdding()) pointer.setClass(name);
  else act({ op: "class", class: name });
}

const signedCm = (m) => (Math.abs(m) < 5e-4 ? "±" : m > 0 ? "+" : "−") + Math.abs(100 * m).toFixed(1) + " cm";
async function snap() {
  const before = selected();
  if (!before || before.decision === "absent") return;
  const it = await change({ op: "snap", id: before.id });
  if (!it) return;
  toast(it.z === before.z && it.amplitude === before.amplitude && it.azimuth === before.azimuth ? "It lies on the trace already." :
    `Snapped: depth ${signedCm(it.z - before.z)}, amplitude ${signedCm(it.amplitude - before.amplitude)}.`);
}

async function ending(what, done) {
  try {
    const r = await what();
    done(r);
  } catch (e) {
    toast(e.message, true);
  }
}
const write = () => ending(save, (r) => toast(`${r.picks} picks written to ${r.output}`));
const end = () => ending(finish, (r) => {
  document.body.inert = true;
  toast(`${r.picks} picks written to ${r.output}. The program has ended: close this page.`);
  clearTimeout(toastTimer);
});

const acts = {
  accept: () => decide("accept"), reject: () => decide("reject"), reopen: () => act({ op: "reopen" }), snap,
  bedding: () => classed("bedding"), fracture: () => classed("fracture"),
  add: () => (pointer.isAdding() ? pointer.cancel() : pointer.startAdding()),
};
const keys = {
  j: () => step(1), k: () => step(-1), a: acts.accept, r: acts.reject, o: acts.reopen, s: snap, b: acts.bedding, f: acts.fracture, n: acts.add,
  u: () => again("undo"), U: () => again("redo"), "+": () => log.zoom(-1), "=": () => log.zoom(-1), "-": () => log.zoom(1),
  "?": () => $("help").showModal(), Escape: pointer.cancel, v: () => log.setBare(true),
};

document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || $("help").open || e.target.matches("select, input[type=number]")) return;
  const f = keys[e.key];
  if (f) {
    e.preventDefault();
    f();
  }
});
document.addEventListener("keyup", (e) => { if (e.key === "v") log.setBare(false); });
window.addEventListener("blur", () => log.setBare(false));

for (const b of document.querySelectorAll("[data-act]")) b.onclick = () => { acts[b.dataset.act](); b.blur(); };
$("undo").onclick = keys.u;
$("redo").onclick = keys.U;
$("save").onclick = write;
$("finish").onclick = end;
$("help-button").onclick = keys["?"];
for (const [id, key] of [["order", "order"], ["show", "show"], ["class", "class"]]) {
  $(id).onchange = (e) => { state[key] = e.target.value; list(); e.target.blur(); };
}
on("trouble", (text) => toast(text, true));

try {
  await load();
  document.title = `${review.well || "Well"}: review`;
  $("well").textContent = review.well || "Well";
  $("journal").textContent = review.journal;
  $("goto").min = review.top_m;
  $("goto").max = review.base_m;
  log.start();
  picks.start();
  navigator.start();
  pointer.start();
  list(); // now that all listen
  // On with the first pick that nobody has decided.
  const first = state.listed.find((id) => items[id].decision === "open") ?? state.listed[0];
  if (first !== undefined) requestAnimationFrame(() => select(first));
  $("scroller").focus({ preventScroll: true });
} catch (e) {
  toast(e.message, true);
}
