// The list of picks, the card of the selected one, progress.
import { $, threeDigits } from "./logpage.js";
import { on, review, items, state, select, selected, trouble, classInk } from "./model.js";
import { attitude } from "./view.js";

const ROW = 28; // px, as in the style sheet
const marks = { open: "·", accepted: "✓", rejected: "✗" };
const words = { open: "not looked at", accepted: "accepted", rejected: "rejected" };

function element(name, className, text) {
  const e = document.createElement(name);
  e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

function swatch(it) {
  const s = element("span", "swatch");
  s.style.background = classInk(it.class);
  s.title = it.class;
  return s;
}

// modelled tells whether a pick's confidence is the model's; that of a person is 1.
const modelled = (it) => it.confidence !== null && !it.added && !it.moved && !it.reclassed;

function row(id, k) {
  const it = items[id], [dip, azimuth] = attitude(it);
  const r = element("div", `row ${it.decision}` + (id === state.selected ? " chosen" : ""));
  r.style.top = k * ROW + "px";
  r.dataset.id = id;
  r.setAttribute("role", "option");
  r.setAttribute("aria-selected", id === state.selected);
  const meter = element("span", "meter");
  if (modelled(it)) {
    const bar = element("i", "");
    bar.style.width = Math.round(100 * it.confidence) + "%";
    meter.append(bar);
    meter.title = "confidence " + it.confidence.toFixed(2);
  }
  const state_ = element("span", "state", marks[it.decision]);
  state_.title = words[it.decision];
  r.append(state_, element("span", "number", it.z.toFixed(3)), swatch(it), element("span", "number", dip.toFixed(1) + "°"),
    element("span", "number", threeDigits(azimuth) + "°"), meter, element("span", "quality", it.added ? "new" : it.quality));
  return r;
}

// draw makes the rows in view only: a list may have thousands.
function draw() {
  const box = $("list"), first = Math.max(Math.floor(box.scrollTop / ROW) - 4, 0);
  const end = Math.min(first + Math.ceil(box.clientHeight / ROW) + 8, state.listed.length);
  const rows = [];
  for (let k = first; k < end; k++) rows.push(row(state.listed[k], k));
  $("rows").style.height = state.listed.length * ROW + "px";
  $("rows").replaceChildren(...rows);
}

function reveal() {
  const k = state.listed.indexOf(state.selected), box = $("list");
  if (k < 0) return;
  if (k * ROW < box.scrollTop + ROW) box.scrollTop = (k - 1) * ROW;
  else if ((k + 2) * ROW > box.scrollTop + box.clientHeight) box.scrollTop = (k + 2) * ROW - box.clientHeight;
}

function card() {
  const it = selected(), box = $("card");
  const none = !it || it.decision === "absent";
  for (const b of document.querySelectorAll("#acts button")) b.disabled = none && b.dataset.act !== "add";
  if (none) {
    box.replaceChildren(element("p", "faint", "No pick is selected: click one, or press j."));
    return;
  }
  const head = element("h2", ""), tag = element("span", `tag ${it.decision}`, words[it.decision]);
  head.append(swatch(it), element("b", "", it.class), `${it.z.toFixed(3)} m`, tag);
  const facts = element("dl", "");
  const fact = (name, text, wide) => {
    if (text === null) return;
    facts.append(element("dt", "", name), element("dd", wide ? "wide" : "", text));
  };
  const plane = (dip, azimuth) => dip === null ? null : `${dip.toFixed(1)}°` + (azimuth === null ? "" : ` / ${threeDigits(azimuth)}°`);
  const percent = (v) => v === null ? "–" : `${Math.round(100 * v)} %`;
  fact("true dip", plane(it.true_dip_deg, it.true_azimuth_deg) ?? "–");
  fact("apparent", plane(it.apparent_dip_deg, it.apparent_azimuth_deg));
  fact("amplitude", `${(100 * it.amplitude).toFixed(1)} cm`);
  fact("hole", it.hole_diameter_m === null ? "–" : `${(it.hole_diameter_m / 0.0254).toFixed(2)} in`);
  fact("confidence", modelled(it) ? it.confidence.toFixed(2) : "–");
  fact("quality", it.quality || "–");
  fact("seen", percent(it.coverage));
  fact("by", it.added ? "you, drawn" : it.moved ? "you, moved" : it.reclassed ? "you, reclassed" : it.decision === "open" ? "the model" : "the model, you");
  if (it.flags.length) fact("flags", it.flags.join(", ").replaceAll("_", " "), true);
  box.replaceChildren(head, facts);
}

function progress() {
  const n = { open: 0, accepted: 0, rejected: 0, absent: 0 };
  let added = 0;
  for (const it of items) {
    n[it.decision]++;
    if (it.added && it.decision === "accepted") added++;
  }
  const all = n.open + n.accepted + n.rejected || 1;
  document.querySelector("#progress .accepted").style.width = 100 * n.accepted / all + "%";
  document.querySelector("#progress .rejected").style.width = 100 * n.rejected / all + "%";
  $("counts").textContent = `${n.accepted + n.rejected} of ${all} decided: ${n.accepted} accepted` + (added ? `, ${added} of them new` : "") + `, ${n.rejected} rejected`;
  $("progress").setAttribute("aria-label", $("counts").textContent);
  $("undo").disabled = !review.undo;
  $("redo").disabled = !review.redo;
}

function saved(step) {
  const box = $("saved");
  box.classList.toggle("bad", trouble.text !== "");
  box.textContent = trouble.text || (step === "saving" ? "saving…" : review.seq ? "all changes saved" : "");
}

export function start() {
  $("list").addEventListener("scroll", draw, { passive: true });
  $("list").addEventListener("click", (e) => {
    const r = e.target.closest(".row");
    if (r) select(Number(r.dataset.id));
  });
  new ResizeObserver(draw).observe($("list"));
  on("items", () => { draw(); card(); progress(); });
  on("selection", () => { reveal(); draw(); card(); });
  on("step", saved);
  saved();
}
