// The log: one canvas that stays in view while the scroller's spacer gives the length of the well, drawn anew for each frame.
const DEPTH_WIDTH = 66, HEAD = 42;
const PX_PER_PAPER_M = 96 / 0.0254; // CSS pixels
const log = (() => {
  const scroller = $("scroller"), spacer = $("spacer"), canvas = $("view");
  const lengthM = well.baseM - well.topM;
  const scales = [5, 10, 20, 40, 100, 200, 500, 1000, 2000, 5000].filter((s) => s <= 20 || PX_PER_PAPER_M / s * lengthM > 200);
  let scale = scales.includes(20) ? 20 : scales[0];
  const view = { topM: well.topM, baseM: well.topM, pxPerM: PX_PER_PAPER_M / scale, width: 0, height: 0 };
  view.y = (depthM) => (depthM - view.topM) * view.pxPerM;
  view.picks = function* (reachM) {
    for (let k = firstAt(view.topM - reachM); k < state.visible.length; k++) {
      const i = state.visible[k];
      if (P.depthM[i] > view.baseM + reachM) return;
      yield i;
    }
  };
  const image = { x: DEPTH_WIDTH, width: 300 };
  const curves = curveTrack();
  const side = [tadpoleTrack, densityTrack, ...(curves ? [curves] : [])];
  let queued = false, context = null, showSinusoids = true;

  function layOut() {
    const width = scroller.clientWidth, height = scroller.clientHeight;
    view.width = width;
    view.height = height;
    const share = width < 760 ? 0.75 : 1; // a narrow window leaves the image its room
    for (const t of side) t.width = Math.round(t.full * share);
    const rest = side.reduce((w, t) => w + t.width + GAP, 10);
    image.width = Math.max(width - DEPTH_WIDTH - rest, 120);
    let x = DEPTH_WIDTH + image.width + GAP;
    for (const t of side) {
      t.x = x;
      x += t.width + GAP;
    }
    spacer.style.height = Math.max(lengthM * view.pxPerM, 1) + "px";
  }

  view.grid = (track, xs) => {
    const c = context;
    c.fillStyle = css("--paper");
    c.fillRect(track.x, 0, track.width, view.height);
    c.fillStyle = css("--grid");
    xs.forEach((x) => c.fillRect(Math.round(x), 0, 1, view.height));
    ticks((depthM, labelled) => { if (labelled) c.fillRect(track.x, Math.round(view.y(depthM)), track.width, 1); });
    frame(track);
  };
  function frame(track) {
    context.strokeStyle = css("--faint");
    context.lineWidth = 1;
    context.strokeRect(track.x - 0.5, -1, track.width + 1, Math.min(view.height, lengthM * view.pxPerM) + 1);
  }
  function ticks(visit) {
    const step = niceStep(64 / view.pxPerM), minor = step / 5;
    const end = Math.min(view.baseM, well.baseM);
    for (let k = Math.ceil(Math.max(view.topM, well.topM) / minor - 1e-9); k * minor <= end + 1e-9; k++) visit(k * minor, k % 5 === 0, step);
  }

  function draw() {
    queued = false;
    const c = context = fit(canvas, view.width, view.height);
    view.topM = well.topM + scroller.scrollTop / view.pxPerM;
    view.baseM = view.topM + view.height / view.pxPerM;
    const height = Math.min(view.height, (well.baseM - view.topM) * view.pxPerM);
    tiles.draw(c, image.x, image.width, height, view.topM, view.pxPerM, redraw);
    c.save();
    c.beginPath();
    c.rect(image.x, 0, image.width, height);
    c.clip();
    if (showSinusoids) for (const i of view.picks(tallestM)) sinusoid(c, i);
    if (state.selected >= 0) sinusoid(c, state.selected, true);
    c.restore();
    frame(image);
    c.textAlign = "right";
    ticks((depthM, labelled, step) => {
      const y = Math.round(view.y(depthM));
      c.fillStyle = css("--faint");
      c.fillRect(image.x - (labelled ? 9 : 4), y, labelled ? 9 : 4, 1);
      c.fillStyle = css("--ink");
      if (labelled) c.fillText(depthM.toFixed(decimalsOf(step)), image.x - 12, Math.min(Math.max(y + 4, 11), view.height - 2));
    });
    for (const t of side) {
      c.save();
      c.beginPath();
      c.rect(t.x - 7, 0, t.width + 14, view.height);
      c.clip();
      t.body(c, view);
      c.restore();
    }
    tell("view");
  }
  const redraw = () => { if (!queued) { queued = true; requestAnimationFrame(draw); } };

  // detail makes picks finer at small scales, where they crowd: 1 from 1:40 on, 0.2 at least.
  const detail = view.detail = () => Math.min(Math.max(view.pxPerM / 90, 0.2), 1);
  const curveDepth = (i, azimuth) => P.depthM[i] + P.amplitudeM[i] * Math.cos((azimuth - P.azimuth[i]) * rad);
  function sinusoid(c, i, chosen) {
    c.beginPath();
    for (let k = 0; k <= 90; k++) {
      const x = image.x + image.width * k / 90, y = view.y(curveDepth(i, 4 * k));
      if (k) c.lineTo(x, y); else c.moveTo(x, y);
    }
    c.lineJoin = "round";
    const confidence = P.confidence[i] === null ? 1 : P.confidence[i];
    const width = chosen ? 3.2 : 2.3 * detail();
    c.globalAlpha = chosen ? 1 : 0.35 + 0.65 * confidence;
    if (width > 1.2) { // a light edge lifts the curve off the image
      c.strokeStyle = chosen ? "#fff" : "rgba(255,255,255,.6)";
      c.lineWidth = width + (chosen ? 2.8 : 1.9);
      c.stroke();
    }
    c.strokeStyle = chosen ? css("--mark") : classInk(P.class[i]);
    c.lineWidth = width;
    c.stroke();
    c.globalAlpha = 1;
  }

  function drawHead() {
    const c = fit($("head"), view.width, HEAD);
    const t = (track) => ({
      name: (s) => { c.textAlign = "center"; c.fillStyle = css("--faint"); c.fillText(s, track.x + track.width / 2, 16); },
      mark: (x, s) => {
        c.textAlign = x > view.width - 12 ? "right" : "center";
        c.fillStyle = css("--ink");
        c.fillText(s, Math.min(x, view.width - 1), 34);
        c.fillStyle = css("--faint");
        c.fillRect(Math.round(x), HEAD - 5, 1, 5);
      },
    });
    c.textAlign = "right";
    c.fillStyle = css("--faint");
    c.fillText("depth, m", image.x - 12, 16);
    const head = t(image);
    head.name("image and sinusoids");
    azimuthNames(well.reference).forEach((name, k) => head.mark(image.x + image.width * k / 4, name));
    side.forEach((track) => track.head(c, t(track)));
  }

  // hit returns the pick under a point of the view, or -1.
  function hit(x, y) {
    let best = -1, least = 8;
    if (x >= image.x && x <= image.x + image.width) {
      const azimuth = (x - image.x) / image.width * 360;
      for (const i of view.picks(tallestM)) {
        const d = Math.abs(view.y(curveDepth(i, azimuth)) - y);
        if (d < least) [best, least] = [i, d];
      }
    } else if (x >= tadpoleTrack.x && x <= tadpoleTrack.x + tadpoleTrack.width) {
      for (const i of view.picks(0.5)) {
        const d = Math.hypot(tadpoleTrack.dipX(tadpoleTrack, tadpoleOf(i)[0]) - x, view.y(P.depthM[i]) - y);
        if (d < least) [best, least] = [i, d];
      }
    }
    return best;
  }

  const scrollToDepth = (depthM) => {
    scroller.scrollTop = (depthM - well.topM) * view.pxPerM - view.height / 2;
    redraw();
  };
  function setScale(next) {
    const middle = view.topM + view.height / view.pxPerM / 2;
    scale = next;
    view.pxPerM = PX_PER_PAPER_M / scale;
    $("scale").value = scale;
    layOut();
    scrollToDepth(middle);
  }
  function zoom(by) {
    const k = Math.min(Math.max(scales.indexOf(scale) + by, 0), scales.length - 1);
    setScale(scales[k]);
  }
  function step(by) {
    if (!state.visible.length) return;
    const at = state.visible.indexOf(state.selected);
    let k = at + by;
    if (at < 0) k = firstAt(view.topM + view.height / view.pxPerM / 2) - (by < 0 ? 1 : 0);
    k = Math.min(Math.max(k, 0), state.visible.length - 1);
    select(state.visible[k]);
    show(state.visible[k]);
  }
  // show scrolls only where the pick is not well in view.
  function show(i) {
    const y = view.y(P.depthM[i]);
    if (y < 60 || y > view.height - 60) scrollToDepth(P.depthM[i]);
  }

  for (const s of scales) $("scale").add(new Option("1:" + s, s));
  $("scale").value = scale;
  $("scale").onchange = (e) => setScale(Number(e.target.value));
  $("curves-on").onchange = (e) => { showSinusoids = e.target.checked; redraw(); };
  $("goto").onchange = (e) => scrollToDepth(Number(e.target.value));
  $("previous").onclick = () => step(-1);
  $("next").onclick = () => step(1);
  const look = () => { tiles.setLook({ contrast: $("contrast").value, colours: $("colours").value }); redraw(); };
  $("contrast").onchange = look;
  $("colours").onchange = look;
  scroller.addEventListener("scroll", redraw, { passive: true });
  canvas.addEventListener("click", (e) => { const i = hit(e.offsetX, e.offsetY); if (i >= 0) select(i); });
  canvas.addEventListener("mousemove", (e) => {
    let text = (view.topM + e.offsetY / view.pxPerM).toFixed(3) + " m";
    if (e.offsetX >= image.x && e.offsetX <= image.x + image.width) text += ", " + threeDigits((e.offsetX - image.x) / image.width * 360) + "°";
    $("readout").textContent = text;
  });
  scroller.addEventListener("keydown", (e) => {
    const act = { n: () => step(1), p: () => step(-1), "+": () => zoom(-1), "=": () => zoom(-1), "-": () => zoom(1) }[e.key];
    if (act && !e.ctrlKey && !e.metaKey) { act(); e.preventDefault(); }
  });
  new ResizeObserver(() => { layOut(); drawHead(); redraw(); }).observe(scroller);
  for (const event of ["filter", "selection", "theme"]) on(event, () => { drawHead(); redraw(); });
  return { view, redraw, scrollToDepth, show, layOut };
})();
