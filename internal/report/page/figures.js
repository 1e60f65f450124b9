// Stereonet, rose and histogram of the visible picks in the zone. The same methods as in the package plot of geobfdt, which cites them.
const SIGMA = 3, NODES = 61, REACH = 1.04, LEVELS = [2, 4, 8, 12, 16];
const PREFERRED = 0.6; // share of the mean axis from which it means anything

// pole is the downward unit normal [east, north, up].
function pole([dip, azimuth]) {
  const s = Math.sin(dip * rad);
  return [-s * Math.sin(azimuth * rad), -s * Math.cos(azimuth * rad), -Math.cos(dip * rad)];
}
// schmidt projects a downward unit vector on the net of radius 1.
function schmidt([x, y, z]) {
  const f = 1 / Math.sqrt(1 - z);
  return [x * f, y * f];
}
function unschmidt(x, y) {
  const r2 = Math.min(x * x + y * y, 2), f = Math.sqrt(2 - r2);
  return [x * f, y * f, r2 - 1];
}
function kamb(axes, at) {
  const n = axes.length, k = 2 * (1 + n / (SIGMA * SIGMA));
  let sum = 0;
  for (const a of axes) sum += Math.exp(k * (Math.abs(a[0] * at[0] + a[1] * at[1] + a[2] * at[2]) - 1));
  return (sum - 0.5) / Math.sqrt(n * (k / 2 - 1) / (k * k));
}

// meanPlane is the plane of the mean axis: repeated multiplication by the orientation tensor turns any vector towards it.
function meanPlane(planes) {
  const t = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
  for (const a of planes) {
    const v = pole(a);
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) t[i][j] += v[i] * v[j] / planes.length;
  }
  // Start from the column of the largest diagonal element: never at right angles to the axis.
  const k = [0, 1, 2].reduce((a, b) => (t[b][b] > t[a][a] ? b : a));
  let v = [t[0][k], t[1][k], t[2][k]], value = 1;
  for (let n = 0; n < 500; n++) {
    const w = t.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]);
    value = Math.hypot(...w);
    v = w.map((x) => x / value);
  }
  const up = v[2] < 0 ? -1 : 1;
  const dip = Math.acos(Math.min(Math.abs(v[2]), 1)) / rad;
  return { dip, azimuth: (Math.atan2(up * v[0], up * v[1]) / rad + 360) % 360, share: value };
}

function greatCircle([dip, azimuth]) {
  const [sd, cd, sa, ca] = [Math.sin(dip * rad), Math.cos(dip * rad), Math.sin(azimuth * rad), Math.cos(azimuth * rad)];
  const points = [];
  for (let k = 0; k <= 90; k++) {
    const c = Math.cos(Math.PI * k / 90), s = Math.sin(Math.PI * k / 90);
    points.push(schmidt([-ca * c + cd * sa * s, sa * c + cd * ca * s, -sd * s]));
  }
  return points;
}

// wheel prepares a square canvas: the ground of a net and a rose.
function wheel(canvas) {
  const side = Math.max(canvas.parentElement.clientWidth, 120), c = fit(canvas, side, side);
  const middle = side / 2, radius = side / 2 - 22;
  const w = { c, radius, middle, at: (x, y) => [middle + radius * x, middle - radius * y] };
  w.circle = (r, colour, width) => {
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.beginPath();
    c.arc(middle, middle, radius * r, 0, 2 * Math.PI);
    c.stroke();
  };
  w.line = (points, colour, width) => {
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.beginPath();
    points.forEach((p, k) => { const [x, y] = w.at(...p); if (k) c.lineTo(x, y); else c.moveTo(x, y); });
    c.stroke();
  };
  w.rim = () => {
    w.circle(1, css("--faint"), 1.2);
    for (let deg = 0; deg < 360; deg += 10) {
      const s = Math.sin(deg * rad), co = Math.cos(deg * rad), r = deg % 30 ? 1.02 : 1.04;
      w.line([[s, co], [s * r, co * r]], css("--faint"), 1);
    }
    c.fillStyle = css("--ink");
    c.textAlign = "center";
    c.textBaseline = "middle";
    azimuthNames(state.dip === "true" ? "north" : well.reference).slice(0, 4).forEach((name, k) => {
      const [x, y] = w.at(Math.sin(k * Math.PI / 2), Math.cos(k * Math.PI / 2));
      c.fillText(name, x + 13 * Math.sin(k * Math.PI / 2), y - 13 * Math.cos(k * Math.PI / 2));
    });
    c.textBaseline = "alphabetic";
  };
  return w;
}

// densityBands paints the bands of the density within the rim.
function densityBands(w, axes, ink) {
  const grid = [];
  const place = (k) => REACH * (2 * k / (NODES - 1) - 1);
  for (let iy = 0; iy < NODES; iy++) for (let ix = 0; ix < NODES; ix++) {
    const x = place(ix), y = place(iy);
    grid.push(x * x + y * y < 1.2 ? kamb(axes, unschmidt(x, y)) : 0);
  }
  const value = (x, y) => {
    const u = (x / REACH + 1) / 2 * (NODES - 1), v = (y / REACH + 1) / 2 * (NODES - 1);
    const i = Math.min(Math.floor(u), NODES - 2), j = Math.min(Math.floor(v), NODES - 2), s = u - i, t = v - j;
    const g = (a, b) => grid[(j + b) * NODES + i + a];
    return (g(0, 0) * (1 - s) + g(1, 0) * s) * (1 - t) + (g(0, 1) * (1 - s) + g(1, 1) * s) * t;
  };
  const ratio = window.devicePixelRatio || 1, side = Math.round(2 * w.radius * ratio);
  const layer = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const lc = layer.getContext("2d"), out = lc.createImageData(side, side);
  const rgb = [1, 3, 5].map((k) => parseInt(ink.slice(k, k + 2), 16));
  const bands = new Int8Array(side * side).fill(-1);
  for (let py = 0; py < side; py++) for (let px = 0; px < side; px++) {
    const x = 2 * (px + 0.5) / side - 1, y = 1 - 2 * (py + 0.5) / side;
    if (x * x + y * y > 1) continue;
    const v = value(x, y);
    bands[py * side + px] = LEVELS.filter((l) => v >= l).length;
  }
  bands.forEach((b, k) => {
    if (b < 0) return;
    const right = bands[k + 1] ?? -1, below = bands[k + side] ?? -1;
    const edge = (right >= 0 && right !== b) || (below >= 0 && below !== b);
    out.data.set(rgb, 4 * k);
    out.data[4 * k + 3] = 255 * (edge ? 0.11 * Math.max(b, right, below) + 0.22 : 0.11 * b);
  });
  lc.putImageData(out, 0, 0);
  w.c.drawImage(layer, w.middle - w.radius, w.middle - w.radius, 2 * w.radius, 2 * w.radius);
}

function stereonet(k, picks) {
  const canvas = $("net-" + k), w = wheel(canvas), ink = classInk(k);
  const planes = picks.map((i) => attitude(i));
  if (planes.length) densityBands(w, planes.map(pole), ink);
  for (const dip of [30, 60]) w.circle(Math.SQRT2 * Math.sin(dip * rad / 2), css("--line"), 0.7);
  w.line([[-1, 0], [1, 0]], css("--line"), 0.7);
  w.line([[0, -1], [0, 1]], css("--line"), 0.7);
  let text = "no planes";
  if (planes.length) {
    const mean = meanPlane(planes);
    if (mean.share >= PREFERRED) w.line(greatCircle([mean.dip, mean.azimuth]), trackInk(k), 1.6);
    text = mean.share < PREFERRED ? "no preferred plane" : `mean plane ${mean.dip.toFixed(0)}° to ${threeDigits(mean.azimuth)}°, share ${mean.share.toFixed(2)}`;
    canvas.dataset.mean = `${mean.dip.toFixed(2)} ${mean.azimuth.toFixed(2)} ${mean.share.toFixed(3)}`;
  }
  const radius = Math.min(Math.max(3.2 - 0.45 * Math.log10(planes.length + 1), 1.3), 2.8);
  const dot = (i, colour, r) => {
    const a = attitude(i);
    if (!a) return;
    const [x, y] = w.at(...schmidt(pole(a)));
    for (const [fill, size] of [[css("--paper"), r + 0.6], [colour, r]]) {
      w.c.fillStyle = fill;
      w.c.beginPath();
      w.c.arc(x, y, size, 0, 2 * Math.PI);
      w.c.fill();
    }
  };
  w.rim(); // beneath the poles: those of vertical planes stand on it
  picks.forEach((i) => dot(i, trackInk(k), radius));
  if (state.selected >= 0 && P.class[state.selected] === k) dot(state.selected, css("--mark"), 5);
  caption("net-" + k, `${className(k)}: poles, n = ${planes.length}`, "lower hemisphere, equal area · " + text);
}

function rose(k, picks) {
  const w = wheel($("rose-" + k)), strike = k === 1, bins = new Array(36).fill(0);
  let used = 0;
  for (const i of picks) {
    const [dip, azimuth] = attitude(i);
    if (dip < LOW_DIP) continue;
    used++;
    const bin = Math.min(Math.floor((((strike ? azimuth - 90 : azimuth) % 360 + 360) % 360) / 10), 35);
    bins[bin]++;
    if (strike) bins[(bin + 18) % 36]++;
  }
  const most = bins.reduce((a, b) => Math.max(a, b), 0);
  for (const share of [0.25, 0.5, 0.75]) w.circle(Math.sqrt(share), css("--line"), 0.7);
  for (let deg = 0; deg < 180; deg += 30) {
    const s = Math.sin(deg * rad), c = Math.cos(deg * rad);
    w.line([[-s, -c], [s, c]], css("--line"), 0.7);
  }
  bins.forEach((n, b) => {
    if (!n) return;
    const start = (b * 10 - 90) * rad; // canvas angles run clockwise from east
    w.c.beginPath();
    w.c.moveTo(w.middle, w.middle);
    w.c.arc(w.middle, w.middle, w.radius * Math.sqrt(n / most), start, start + 10 * rad);
    w.c.closePath();
    w.c.globalAlpha = 0.6;
    w.c.fillStyle = trackInk(k);
    w.c.fill();
    w.c.globalAlpha = 1;
    w.c.strokeStyle = trackInk(k);
    w.c.lineWidth = 1;
    w.c.stroke();
  });
  w.rim();
  caption("rose-" + k, `${className(k)}: ${strike ? "strike, both ends" : "azimuth of dip"}, n = ${used}`, most ? `rim = ${most} of ${used}, a petal’s area is its count` : "no planes with a direction");
}

function histogram(byClass) {
  const canvas = $("histogram"), width = Math.max(canvas.parentElement.clientWidth, 200), height = 190, c = fit(canvas, width, height);
  const left = 40, base = height - 26, right = width - 8, top = 10;
  const bins = byClass.map((picks) => {
    const b = new Array(18).fill(0);
    picks.forEach((i) => b[Math.min(Math.floor(attitude(i)[0] / 5), 17)]++);
    return b;
  });
  const most = Math.max(1, ...bins[0], ...bins[1]), step = Math.max(niceStep(most / 4), 1), end = Math.ceil(most / step) * step;
  const x = (dip) => left + (right - left) * dip / 90, y = (n) => base - (base - top) * n / end;
  c.textAlign = "right";
  for (let n = 0; n <= end; n += step) {
    c.fillStyle = css("--grid");
    c.fillRect(left, Math.round(y(n)), right - left, 1);
    c.fillStyle = css("--faint");
    c.fillText(n, left - 6, y(n) + 4);
  }
  bins.forEach((b, k) => {
    c.fillStyle = trackInk(k);
    const bar = (x(5) - x(0) - 3) / 2;
    b.forEach((n, i) => c.fillRect(x(5 * i) + 1.5 + k * bar, y(n), bar - 0.5, base - y(n)));
  });
  c.fillStyle = css("--faint");
  c.fillRect(left, base, right - left, 1);
  c.textAlign = "center";
  for (let dip = 0; dip <= 90; dip += 10) c.fillText(dip + "°", Math.min(x(dip), right - 8), base + 16);
  caption("histogram", `${state.dip === "true" ? "True" : "Apparent"} dip, bins of 5°`, "");
}

function caption(id, title, note) {
  const box = $(id + "-caption"), b = document.createElement("b");
  b.textContent = title;
  box.replaceChildren(b, note);
  $(id).setAttribute("aria-label", title + "; " + note);
}

function drawFigures() {
  const [top, base] = state.zone;
  const byClass = [[], []];
  for (const i of state.visible) if (P.depthM[i] >= top && P.depthM[i] <= base && attitude(i)) byClass[P.class[i]].push(i);
  [0, 1].forEach((k) => { stereonet(k, byClass[k]); rose(k, byClass[k]); });
  histogram(byClass);
}
