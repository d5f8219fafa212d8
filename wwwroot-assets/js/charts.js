// Tooltips and arrow keys of the charts. The charts themselves are drawn on the server; a <title> is the tooltip without this.
(() => {
  let tip, shown;

  const place = rect => {
    const box = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, rect.left + rect.width / 2 - box.width / 2), innerWidth - box.width - 8);
    const above = rect.top - box.height - 8;
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 8 ? above : rect.bottom + 8}px`;
  };

  const show = mark => {
    if (shown === mark) return;
    hide();
    const title = mark.querySelector(":scope > title");
    const text = title?.textContent || mark.dataset.tip;
    if (!text) return;
    if (title) {
      mark.dataset.tip = text;
      // The title was also the name of a link without other text.
      if (!mark.hasAttribute("aria-label")) mark.setAttribute("aria-label", text.replaceAll("\n", ", "));
      title.remove();
    }
    tip ??= document.body.appendChild(Object.assign(document.createElement("div"), { className: "chart-tip" }));
    tip.setAttribute("aria-hidden", "true");
    tip.replaceChildren(...text.split("\n").map((line, i) => Object.assign(document.createElement(i ? "span" : "b"), { textContent: line })));
    tip.hidden = false;
    shown = mark;
    place(mark.getBoundingClientRect());
  };

  const hide = () => { if (tip) tip.hidden = true; shown = undefined; };
  const markOf = node => node instanceof Element ? node.closest(".chart [data-mark], .spark") : null;

  document.addEventListener("pointerover", event => { const mark = markOf(event.target); if (mark) show(mark); else if (shown) hide(); });
  document.addEventListener("focusin", event => { const mark = markOf(event.target); if (mark) show(mark); else hide(); });
  document.addEventListener("scroll", hide, { passive: true, capture: true });

  document.addEventListener("keydown", event => {
    const point = event.target instanceof Element ? event.target.closest("[data-point]") : null;
    if (!point) return;
    if (event.key === "Escape") { hide(); return; }
    if (event.key === "Enter") {
      point.querySelector("a[href]")?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
      return;
    }
    const points = [...point.closest("svg").querySelectorAll("[data-point]")];
    const at = points.indexOf(point);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: points.length - 1 }[event.key];
    if (to === undefined || !points[to]) return;
    event.preventDefault();
    point.setAttribute("tabindex", "-1");
    points[to].setAttribute("tabindex", "0");
    points[to].focus();
  });
})();
