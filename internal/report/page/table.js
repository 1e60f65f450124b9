// The table of picks: sortable, a page of rows at a time.
const table = (() => {
  const PAGE = 50;
  const number = (digits) => (v) => (v === null ? "" : v.toFixed(digits));
  const text = (v) => v;
  const columns = [
    ["Depth, m", "depthM", number(3)], ["Class", "class", (v) => classNames[v]], ["Confidence", "confidence", number(2)],
    ["True dip", "trueDip", number(1)], ["True azimuth", "trueAzimuth", number(1)], ["Apparent dip", "dip", number(1)],
    ["App. azimuth", "azimuth", number(1)], ["Amplitude, m", "amplitudeM", number(3)], ["Coverage", "coverage", number(2)],
    ["Quality", "quality", text], ["Flags", "flags", text],
  ];
  let order = [], sortBy = 0, down = false, page = 0;

  function sort() {
    const values = P[columns[sortBy][1]];
    order = state.visible.slice();
    if (sortBy || down) {
      order.sort((a, b) => {
        const x = values[a], y = values[b];
        if (x === y) return a - b;
        if (x === null || x === "") return 1; // not known comes last either way
        if (y === null || y === "") return -1;
        return (x < y ? -1 : 1) * (down ? -1 : 1);
      });
    }
    draw();
  }
  function draw() {
    const pages = Math.max(Math.ceil(order.length / PAGE), 1);
    page = Math.min(Math.max(page, 0), pages - 1);
    $("rows").replaceChildren(...order.slice(page * PAGE, (page + 1) * PAGE).map((i) => {
      const row = document.createElement("tr");
      row.tabIndex = 0;
      row.dataset.pick = i;
      row.className = i === state.selected ? "chosen" : "";
      row.setAttribute("aria-selected", i === state.selected);
      columns.forEach(([, key, format]) => { row.insertCell().textContent = format(P[key][i]); });
      return row;
    }));
    $("page-number").textContent = `page ${page + 1} of ${pages}`;
    $("page-back").disabled = page === 0;
    $("page-on").disabled = page === pages - 1;
    $("table-count").textContent = order.length === count ? count : `${order.length} of ${count}`;
    document.querySelectorAll("#columns th").forEach((th, k) => th.setAttribute("aria-sort", k === sortBy ? (down ? "descending" : "ascending") : "none"));
    document.querySelectorAll("#columns button").forEach((b, k) => { b.textContent = columns[k][0] + (k === sortBy ? (down ? " ▼" : " ▲") : ""); });
  }
  columns.forEach(([name], k) => {
    const th = document.createElement("th"), button = document.createElement("button");
    th.scope = "col";
    button.type = "button";
    button.onclick = () => { down = k === sortBy ? !down : false; sortBy = k; page = 0; sort(); };
    th.append(button);
    $("columns").append(th);
  });
  const pickOf = (e) => { const row = e.target.closest("tr"); return row ? Number(row.dataset.pick) : -1; };
  const choose = (i) => { select(i); log.scrollToDepth(P.depthM[i]); };
  $("rows").addEventListener("click", (e) => { if (pickOf(e) >= 0) choose(pickOf(e)); });
  $("rows").addEventListener("keydown", (e) => {
    const row = e.target.closest("tr");
    if (e.key === "Enter" || e.key === " ") { e.preventDefault(); choose(pickOf(e)); }
    const to = { ArrowDown: row && row.nextElementSibling, ArrowUp: row && row.previousElementSibling }[e.key];
    if (to) { e.preventDefault(); to.focus(); }
  });
  $("page-back").onclick = () => { page--; draw(); };
  $("page-on").onclick = () => { page++; draw(); };
  on("filter", () => { page = 0; sort(); });
  on("selection", () => {
    const focused = document.activeElement && document.activeElement.dataset && document.activeElement.dataset.pick;
    const at = order.indexOf(state.selected);
    if (at >= 0) page = Math.floor(at / PAGE);
    draw();
    if (focused) { const row = document.querySelector(`#rows tr[data-pick="${state.selected}"]`); if (row) row.focus({ preventScroll: true }); }
  });
  return { columns };
})();
