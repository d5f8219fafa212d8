// Zoom by dragging over a chart, or with Shift and the arrow keys. The server draws the charts and knows the addresses; here a range is only chosen.
(() => {
  const xmlns = "http://www.w3.org/2000/svg";
  let chart, shade, anchor, last, start, dragged;

  const chartOf = node => node instanceof Element ? node.closest("svg[data-brush]") : null;
  const pointsOf = svg => [...svg.querySelectorAll("[data-point]")];
  const area = point => point.querySelector(".ring-focus");

  const pointAt = (svg, x) => {
    const points = pointsOf(svg);
    return points.find(p => { const box = area(p).getBoundingClientRect(); return x >= box.left && x <= box.right + 1; })
      ?? (x < area(points[0]).getBoundingClientRect().left ? points[0] : points[points.length - 1]);
  };

  const drop = () => { shade?.remove(); shade = chart = anchor = last = start = undefined; };

  const ordered = () => {
    const points = pointsOf(chart);
    return points.indexOf(anchor) <= points.indexOf(last) ? [anchor, last] : [last, anchor];
  };

  const show = () => {
    const [from, to] = ordered().map(p => area(p));
    shade ??= chart.appendChild(Object.assign(document.createElementNS(xmlns, "rect")));
    shade.setAttribute("class", "brush");
    const x = Number(from.getAttribute("x"));
    const values = { x, y: from.getAttribute("y"), width: Number(to.getAttribute("x")) + Number(to.getAttribute("width")) - x, height: from.getAttribute("height") };
    for (const name in values) shade.setAttribute(name, values[name]);
  };

  const zoom = () => {
    const [from, to] = ordered();
    const ends = [from.dataset.from, to.dataset.to];
    const isDays = ends.every(e => e.endsWith("T00:00"));
    const address = (isDays ? chart.dataset.brushDays : chart.dataset.brush)
      .replace("__FROM__", isDays ? ends[0].slice(0, 10) : ends[0]).replace("__TO__", isDays ? ends[1].slice(0, 10) : ends[1]);
    drop();
    Blazor.navigateTo(address);
  };

  document.addEventListener("pointerdown", event => {
    const svg = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey ? chartOf(event.target) : null;
    if (!svg || pointsOf(svg).length < 2) return;
    drop();
    [chart, start, dragged] = [svg, event.clientX, false];
    anchor = last = pointAt(svg, event.clientX);
  });
  document.addEventListener("pointermove", event => {
    if (start === undefined || Math.abs(event.clientX - start) < 6 && !dragged) return;
    dragged = true;
    last = pointAt(chart, event.clientX);
    show();
  });
  document.addEventListener("pointerup", () => {
    if (start === undefined) return;
    start = undefined;
    if (dragged) zoom(); else drop();
  });
  document.addEventListener("pointercancel", drop);
  // A drag that began on a link neither drags the link nor follows it.
  document.addEventListener("dragstart", event => { if (chartOf(event.target)) event.preventDefault(); });
  document.addEventListener("click", event => {
    if (!dragged || !chartOf(event.target)) return;
    dragged = false;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  document.addEventListener("keydown", event => {
    const svg = chartOf(event.target);
    const point = svg && event.target.closest("[data-point]");
    if (!point) return;
    if (event.key === "Escape") drop();
    else if (event.key === "Enter" && shade) {
      event.preventDefault();
      event.stopImmediatePropagation();
      zoom();
    } else if (event.shiftKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      if (chart !== svg || !anchor) [chart, anchor] = [svg, point];
      const points = pointsOf(svg);
      last = points[points.indexOf(point) + (event.key === "ArrowRight" ? 1 : -1)] ?? point;
      show();
    } else if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") drop();
  }, true);
})();
