// The tracks beside the image. Each has a full width, a header and a body; track.x and track.width are its place in the view.
const GAP = 18;
const hasTrue = P.trueDip.some((v) => v !== null);
const density = (() => {
  // Picks per metre of the visible picks, in intervals of a whole number of metres from the top.
  const stepM = Math.max(1, niceStep((well.baseM - well.topM) / 5000));
  const rows = Math.max(Math.ceil((well.baseM - well.topM) / stepM), 1);
  const d = { stepM, perM: [new Float32Array(rows), new Float32Array(rows)], most: 1 };
  d.update = () => {
    d.perM.forEach((p) => p.fill(0));
    for (const i of state.visible) {
      const row = Math.min(Math.max(Math.floor((P.depthM[i] - well.topM) / stepM), 0), rows - 1);
      d.perM[P.class[i]][row] += 1 / Math.min(stepM, well.baseM - well.topM - row * stepM);
    }
    d.most = niceStep(d.perM[0].reduce((most, n, row) => Math.max(most, n + d.perM[1][row]), 1));
  };
  on("filter", d.update); // before who draws it
  return d;
})();

const classInk = (c) => well.colours.class[c];

// ink on tracks must be read on dark paper too: there the class colours are made lighter.
function trackInk(c) {
  return document.documentElement.classList.contains("dark") ? `color-mix(in srgb, ${classInk(c)} 62%, white)` : classInk(c);
}

// tadpole draws a head and a tail that points down dip, azimuth 0 upward.
function tadpole(c, x, y, dip, azimuth, open, ink, radius) {
  c.strokeStyle = c.fillStyle = ink;
  c.lineWidth = 0.38 * radius;
  if (dip >= LOW_DIP && azimuth !== null) {
    c.beginPath();
    c.moveTo(x, y);
    c.lineTo(x + 3.1 * radius * Math.sin(azimuth * rad), y - 3.1 * radius * Math.cos(azimuth * rad));
    c.stroke();
  }
  c.beginPath();
  c.arc(x, y, radius, 0, 2 * Math.PI);
  c.fill();
  if (open) {
    c.fillStyle = css("--paper");
    c.beginPath();
    c.arc(x, y, 0.62 * radius, 0, 2 * Math.PI);
    c.fill();
  }
}

// tadpoleOf is where a pick's tadpole stands: [dip, azimuth, open].
function tadpoleOf(i) {
  const a = state.dip === "true" ? attitude(i, "true") : null;
  const doubtful = P.quality[i] === "C" || P.quality[i] === "D";
  return a ? [a[0], a[1], doubtful] : [P.dip[i], P.azimuth[i], doubtful || (state.dip === "true" && hasTrue)];
}

const tadpoleTrack = {
  full: 140,
  dipX: (track, dip) => track.x + track.width * Math.min(Math.max(dip, 0), 90) / 90,
  head(c, t) {
    t.name(state.dip + " dip");
    [0, 30, 60, 90].forEach((dip) => t.mark(this.dipX(this, dip), dip + "°"));
  },
  body(c, v) {
    v.grid(this, [10, 20, 30, 40, 50, 60, 70, 80].map((dip) => this.dipX(this, dip)));
    for (const i of v.picks(0.05)) {
      const [dip, azimuth, open] = tadpoleOf(i);
      const x = this.dipX(this, dip), y = v.y(P.depthM[i]);
      tadpole(c, x, y, dip, azimuth, open, i === state.selected ? css("--mark") : trackInk(P.class[i]), i === state.selected ? 6 : 1.8 + 2.4 * v.detail());
    }
  },
};

const densityTrack = {
  full: 70,
  head(c, t) {
    t.name("picks per m");
    t.mark(this.x, "0");
    t.mark(this.x + this.width, String(density.most));
  },
  body(c, v) {
    v.grid(this, [this.x + this.width / 2]);
    const first = Math.max(Math.floor((v.topM - well.topM) / density.stepM), 0);
    const end = Math.min(Math.ceil((v.baseM - well.topM) / density.stepM), density.perM[0].length);
    for (let row = first; row < end; row++) {
      const height = Math.max(density.stepM * v.pxPerM * 0.94, 0.6), y = v.y(well.topM + row * density.stepM);
      let x = this.x;
      [0, 1].forEach((k) => { // class upon class
        const width = this.width * density.perM[k][row] / density.most;
        c.fillStyle = trackInk(k);
        c.fillRect(x, y, width, height);
        x += width;
      });
    }
  },
};

// curveTrack draws curves of the hole; each has values at even depths.
function curveTrack() {
  const all = [];
  const values = well.curves.diameterIn && well.curves.diameterIn.filter((v) => v !== null);
  if (values && values.length) {
    const lo = values.reduce((a, b) => Math.min(a, b)), hi = values.reduce((a, b) => Math.max(a, b));
    all.push({ name: "cal, in", lo: Math.floor(lo - 0.5), hi: Math.ceil(hi + 0.5), values: well.curves.diameterIn, ink: () => css("--ink"), width: 1.3 });
  }
  if (well.curves.deviation) all.push({ name: "dev, °", lo: 0, hi: 90, values: well.curves.deviation, ink: () => "#cc79a7", width: 2.2 });
  if (!all.length) return null;
  return {
    full: 84,
    head(c, t) {
      all.forEach((curve, k) => {
        const y = 16 + 18 * (k + 2 - all.length);
        c.fillStyle = curve.ink();
        c.textAlign = "left";
        c.fillText(curve.lo, this.x, y);
        c.textAlign = "right";
        c.fillText(curve.hi, this.x + this.width, y);
        c.textAlign = "center";
        c.fillText(curve.name, this.x + this.width / 2, y);
      });
    },
    body(c, v) {
      v.grid(this, [this.x + this.width / 2]);
      for (const curve of all) {
        c.strokeStyle = curve.ink();
        c.lineWidth = curve.width;
        c.beginPath();
        let pen = false;
        const first = Math.max(Math.floor((v.topM - well.curves.topM) / well.curves.stepM) - 1, 0);
        for (let k = first; k < curve.values.length; k++) {
          const depthM = well.curves.topM + k * well.curves.stepM, value = curve.values[k];
          if (value === null) {
            pen = false;
            continue;
          }
          const share = Math.min(Math.max((value - curve.lo) / (curve.hi - curve.lo), 0), 1);
          const x = this.x + share * this.width, y = v.y(depthM);
          if (pen) c.lineTo(x, y); else c.moveTo(x, y);
          pen = true;
          if (depthM > v.baseM) break;
        }
        c.stroke();
      }
    },
  };
}
