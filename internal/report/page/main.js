// Filters, zones, navigator, theme: what ties the views together.
function describe() {
  const i = state.selected, box = $("selected");
  if (i < 0) return;
  const b = document.createElement("b");
  b.textContent = classNames[P.class[i]];
  const parts = [` at ${P.depthM[i].toFixed(3)} m`];
  if (P.trueDip[i] !== null) parts.push(`true dip ${P.trueDip[i].toFixed(1)}°` + (P.trueAzimuth[i] === null ? "" : ` to ${threeDigits(P.trueAzimuth[i])}°`));
  parts.push(`apparent ${P.dip[i].toFixed(1)}° to ${threeDigits(P.azimuth[i])}°`, `amplitude ${(100 * P.amplitudeM[i]).toFixed(1)} cm`);
  if (P.confidence[i] !== null) parts.push(`confidence ${P.confidence[i].toFixed(2)}`);
  if (P.quality[i]) parts.push(`quality ${P.quality[i]}`);
  if (P.coverage[i] !== null) parts.push(`${Math.round(100 * P.coverage[i])} % of its length seen`);
  if (P.flags[i]) parts.push(P.flags[i]);
  box.replaceChildren(b, parts.join(" · "));
}

// zones: the whole interval, what is in view, and equal parts of a round length.
const zoneStep = niceStep((well.baseM - well.topM) / 10);
$("zone").add(new Option("whole interval", "all"));
$("zone").add(new Option("in view", "view"));
for (let top = Math.floor(well.topM / zoneStep) * zoneStep; top < well.baseM; top += zoneStep) {
  const digits = decimalsOf(zoneStep);
  $("zone").add(new Option(`${top.toFixed(digits)} – ${(top + zoneStep).toFixed(digits)} m`, `${top},${top + zoneStep}`));
}
$("zone").add(new Option("as typed", "typed"));
function setZone(top, base) {
  state.zone = [top, base];
  $("zone-top").value = top.toFixed(2);
  $("zone-base").value = base.toFixed(2);
  tell("zone");
}
function zoneChosen() {
  const choice = $("zone").value;
  state.zoneInView = choice === "view";
  if (choice === "all") setZone(well.topM, well.baseM);
  else if (choice === "view") setZone(log.view.topM, log.view.baseM);
  else if (choice !== "typed") setZone(...choice.split(",").map(Number));
}
$("zone").onchange = zoneChosen;
for (const id of ["zone-top", "zone-base"]) {
  $(id).onchange = () => {
    const top = Number($("zone-top").value), base = Number($("zone-base").value);
    if (base > top) {
      $("zone").value = "typed";
      state.zoneInView = false;
      setZone(top, base);
    }
  };
}

$("filters").onsubmit = (e) => e.preventDefault();
$("filters").addEventListener("input", (e) => {
  const checked = (name) => [...document.querySelectorAll(`input[name=${name}]:checked`)].map((x) => x.value);
  state.classes = new Set(checked("class").map(Number));
  state.grades = document.querySelector("input[name=grade]") ? new Set(checked("grade")) : null;
  state.confidence = Number($("confidence").value);
  $("confidence-value").textContent = state.confidence;
  state.dip = $("dip").value;
  if (!e.target.id.startsWith("zone")) applyFilters();
});
$("dip").value = state.dip;
$("dip").options[0].disabled = !hasTrue;

// navigator: picks per depth of the whole log, and where the view is.
function drawNavigator() {
  const canvas = $("navigator"), width = 64, height = $("body").clientHeight, c = fit(canvas, width, height);
  const lengthM = well.baseM - well.topM, pxPerM = height / lengthM, imageWidth = 26;
  tiles.draw(c, 0, imageWidth, height, well.topM, pxPerM, queueNavigator);
  const rows = Math.max(Math.floor(height / 3), 1), counts = [new Array(rows).fill(0), new Array(rows).fill(0)];
  for (const i of state.visible) {
    const row = Math.min(Math.max(Math.floor((P.depthM[i] - well.topM) / lengthM * rows), 0), rows - 1);
    counts[P.class[i]][row]++;
  }
  const most = Math.max(1, ...counts[0].map((n, k) => n + counts[1][k]));
  for (let k = 0; k < rows; k++) {
    let x = imageWidth + 2;
    [0, 1].forEach((cl) => {
      const w = counts[cl][k] / most * (width - imageWidth - 4);
      c.fillStyle = trackInk(cl);
      c.fillRect(x, k * height / rows, w, Math.max(height / rows - 0.5, 1));
      x += w;
    });
  }
  if (state.selected >= 0) {
    c.fillStyle = css("--mark");
    c.fillRect(0, (P.depthM[state.selected] - well.topM) * pxPerM - 1, width, 2);
  }
  const y = (log.view.topM - well.topM) * pxPerM, h = Math.max((log.view.baseM - log.view.topM) * pxPerM, 4);
  c.strokeStyle = css("--mark");
  c.lineWidth = 2;
  c.strokeRect(1, Math.min(y + 1, height - 5), width - 2, Math.min(h - 2, height - 2));
}
let navigatorQueued = false;
function queueNavigator() {
  if (!navigatorQueued) {
    navigatorQueued = true;
    requestAnimationFrame(() => { navigatorQueued = false; drawNavigator(); });
  }
}
const navigate = (e) => log.scrollToDepth(well.topM + e.offsetY / $("navigator").clientHeight * (well.baseM - well.topM));
$("navigator").addEventListener("pointerdown", (e) => { e.target.setPointerCapture(e.pointerId); navigate(e); });
$("navigator").addEventListener("pointermove", (e) => { if (e.buttons) navigate(e); });

let figuresQueued = 0;
function queueFigures() {
  clearTimeout(figuresQueued);
  figuresQueued = setTimeout(drawFigures, 60);
}
on("filter", () => { queueFigures(); queueNavigator(); });
on("zone", queueFigures);
on("selection", () => { describe(); queueFigures(); queueNavigator(); });
on("selection", () => { if (state.selected >= 0) log.show(state.selected); });
on("theme", () => { queueFigures(); queueNavigator(); });
on("view", () => {
  queueNavigator();
  if (state.zoneInView && (state.zone[0] !== log.view.topM || state.zone[1] !== log.view.baseM)) setZone(log.view.topM, log.view.baseM);
});
new ResizeObserver(queueFigures).observe($("figures"));

const setTheme = (dark) => { document.documentElement.classList.toggle("dark", dark); tell("theme"); };
const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
prefersDark.addEventListener("change", (e) => setTheme(e.matches));
$("theme").onclick = () => setTheme(!document.documentElement.classList.contains("dark"));
document.documentElement.classList.toggle("dark", prefersDark.matches);

log.layOut();
applyFilters();
zoneChosen();
