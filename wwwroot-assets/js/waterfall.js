// The waterfall of a trace: keys, zoom and pan; and for long traces the drawing of the rows in view, from one payload.
// Rows in the page and drawn rows have the same markup (TraceWaterfall.razor), so they look the same.
const ROW = 26;
const SPARE = 12;
const DEEPEST = 12;
const grids = new WeakMap();

export function start(grid, page, rows, selected) {
  stop(grid);
  const state = { grid, page, rows, selected, from: 0, width: 1, body: grid.querySelector(".wbody"), drawn: new Map(), off: new AbortController() };
  grids.set(grid, state);
  const on = (target, name, act, options) => target.addEventListener(name, act, { ...options, signal: state.off.signal });
  on(grid, "keydown", event => key(state, event));
  on(grid, "wheel", event => wheel(state, event), { passive: false });
  on(grid, "pointerdown", event => drag(state, event));
  grid.parentElement.querySelectorAll("[data-zoom]").forEach(button => on(button, "click", () => zoomBy(state, { in: 0.5, out: 2, all: Infinity }[button.dataset.zoom])));
  if (rows) {
    state.body.replaceChildren(Object.assign(document.createElement("div"), { className: "wspace" }));
    state.space = state.body.firstChild;
    state.space.setAttribute("role", "presentation");
    state.space.style.height = `${rows.length * ROW}px`;
    on(state.body, "scroll", () => ask(state), { passive: true });
    on(state.body, "click", event => pick(state, event));
    const size = new ResizeObserver(() => {
      grid.style.setProperty("--bar", `${state.body.offsetWidth - state.body.clientWidth}px`);
      ask(state);
    });
    size.observe(state.body);
    state.off.signal.addEventListener("abort", () => size.disconnect());
    reveal(state, indexOf(state, selected));
    draw(state);
  } else {
    // Rows in the page have a link as their name; the rest of the row leads where the name does.
    on(grid, "click", event => {
      if (!event.target.closest("a, button")) event.target.closest("[data-span]")?.querySelector("a.nm")?.click();
    });
  }
}

export function select(grid, id) {
  const state = grids.get(grid);
  if (!state) return;
  // A newer choice is on its way: the answer to the older one changes nothing.
  if (state.telling) return;
  state.selected = id;
  mark(state);
  if (state.byPointer && matchMedia("(max-width: 767px)").matches) document.getElementById("selected-span")?.scrollIntoView({ block: "start" });
  state.byPointer = false;
}

export function stop(grid) {
  const state = grids.get(grid);
  if (!state) return;
  state.off.abort();
  clearTimeout(state.telling);
  if (state.space) state.body.replaceChildren();
  grids.delete(grid);
}

// ---------- rows ----------
const indexOf = (state, id) => state.rows.findIndex(row => row[0] === id);

function ask(state) {
  state.frame ??= requestAnimationFrame(() => { state.frame = undefined; draw(state); });
}

// Rows in the page are marked by the server; drawn rows here, in place, so that the focus stays where it is.
function mark(state) {
  for (const [, row] of state.drawn) {
    const id = row.dataset.span;
    if (id === "") continue;
    const isSelected = id === state.selected;
    row.classList.toggle("sel", isSelected);
    row.setAttribute("aria-selected", isSelected);
    row.tabIndex = isSelected ? 0 : -1;
  }
}

function draw(state) {
  const first = Math.max(0, Math.floor(state.body.scrollTop / ROW) - SPARE);
  const last = Math.min(state.rows.length, Math.ceil((state.body.scrollTop + state.body.clientHeight) / ROW) + SPARE);
  for (const [index, row] of state.drawn)
    if (index < first || index >= last) { row.remove(); state.drawn.delete(index); }
  for (let index = first; index < last; index++)
    if (!state.drawn.has(index)) {
      const row = line(state, state.rows[index], index);
      state.drawn.set(index, row);
      state.space.append(row);
    }
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function cell(className, text) {
  const made = element("div", className);
  made.setAttribute("role", "gridcell");
  if (text) made.append(/^[a-z]/.test(text) ? element("span", "quiet", text) : text);
  return made;
}

function line(state, data, index) {
  const [id, name, kind, depth, at, width, label, prompt, output, cost, css, chip, chipCss, loop, note] = data;
  const isSelected = id !== "" && id === state.selected;
  const row = element("div", `wrow ${css}${loop >= 0 ? " inloop" : ""}${isSelected ? " sel" : ""}`);
  row.setAttribute("role", "row");
  row.setAttribute("aria-rowindex", index + 2);
  row.setAttribute("aria-level", depth + 1);
  row.tabIndex = isSelected ? 0 : -1;
  row.dataset.span = id;
  row.style.cssText = `top:${index * ROW}px;--d:${Math.min(depth, DEEPEST)};--ld:${Math.min(loop, DEEPEST)}`;
  const first = cell("wname");
  if (loop >= 0) first.append(element("span", "loopmark"));
  if (id === "") {
    first.append(element("b", "", name));
    row.append(first, cell("wtext", note));
    return row;
  }
  row.setAttribute("aria-selected", isSelected);
  const words = element("span", "nm", name);
  words.title = name;
  first.append(element("span", "dot"), words);
  if (kind) first.append(element("span", "kd", kind));
  if (chip) first.append(element("span", `chip ${chipCss}`, chip));
  const bar = cell("wbar");
  const mark = element("i", "wspan");
  mark.style.cssText = `--a:${at};--w:${width}`;
  // As in WaterfallRow: a label that would be cut stands left of the end of a long bar, or left of a short one.
  const before = !fits(at + width, label);
  const text = element("span", before ? "wl before" : "wl", label);
  text.style.cssText = `--a:${before && !fits(1 - width, label) ? at : at + width}`;
  bar.append(mark, text);
  row.append(first, bar, cell("wn", prompt), cell("wn", output), cell("wn cost", cost));
  return row;
}

const fits = (at, text) => at + 0.03 + 0.0145 * text.length <= 1 + 1e-9;

function reveal(state, index) {
  if (!state.rows || index < 0) return;
  const top = index * ROW;
  if (top < state.body.scrollTop) state.body.scrollTop = top;
  else if (top + ROW > state.body.scrollTop + state.body.clientHeight) state.body.scrollTop = top + ROW - state.body.clientHeight;
}

// ---------- choosing ----------
function pick(state, event) {
  const id = event.target.closest("[data-span]")?.dataset.span;
  if (!id) return;
  state.byPointer = true;
  tell(state, id);
}

// Where a span lies on the time axis, as shares of the whole.
function place(state, id) {
  if (state.rows) {
    const row = state.rows[indexOf(state, id)];
    return row && { at: row[4], width: row[5] };
  }
  const bar = state.body.querySelector(`[data-span="${CSS.escape(id)}"] .wspan`);
  return bar && { at: Number(bar.style.getPropertyValue("--a")), width: Number(bar.style.getPropertyValue("--w")) };
}

// A held arrow key runs through many rows: the server hears of the one it rests on.
function tell(state, id) {
  state.selected = id;
  mark(state);
  const span = state.width < 1 && place(state, id);
  if (span && (span.at + span.width < state.from || span.at > state.from + state.width)) move(state, span.at - state.width / 4, state.width);
  clearTimeout(state.telling);
  state.telling = setTimeout(() => { state.telling = undefined; state.page.invokeMethodAsync("SelectAsync", id); }, 90);
}

function focusRow(state, id) {
  state.grid.querySelector(`[data-span="${CSS.escape(id)}"]`)?.focus({ preventScroll: Boolean(state.rows) });
}

function key(state, event) {
  if (event.key === "+" || event.key === "-") { zoomBy(state, event.key === "+" ? 0.5 : 2); event.preventDefault(); return; }
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    if (state.width < 1) { move(state, state.from + (event.key === "ArrowLeft" ? -0.1 : 0.1) * state.width, state.width); event.preventDefault(); }
    return;
  }
  const ids = state.rows ? state.rows.map(row => row[0]) : [...state.body.querySelectorAll("[data-span]")].map(row => row.dataset.span);
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 }[event.key];
  const now = ids.indexOf(event.target.closest?.("[data-span]")?.dataset.span ?? state.selected);
  let next = event.key === "Home" ? 0 : event.key === "End" ? ids.length - 1 : step === undefined ? -1 : Math.min(ids.length - 1, Math.max(0, now + step));
  if (next < 0) return;
  if (ids[next] === "") next += (step ?? 1) > 0 && next < ids.length - 1 ? 1 : -1;
  if (!ids[next]) return;
  event.preventDefault();
  tell(state, ids[next]);
  if (state.rows) { reveal(state, next); draw(state); mark(state); }
  focusRow(state, ids[next]);
}

// ---------- time axis ----------
function move(state, from, width) {
  state.width = Math.min(1, Math.max(1e-5, width));
  state.from = Math.min(1 - state.width, Math.max(0, from));
  state.grid.style.setProperty("--t0", state.from);
  state.grid.style.setProperty("--tw", state.width);
  ticks(state);
}

// Around the pointer, else around the selected span, else the middle.
function zoomBy(state, factor, around) {
  const span = around === undefined && place(state, state.selected);
  around ??= span ? Math.min(1, Math.max(0, (span.at + span.width / 2 - state.from) / state.width)) : 0.5;
  const width = Math.min(1, state.width * factor);
  move(state, state.from + (state.width - width) * around, width);
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5];

function ticks(state) {
  const all = Number(state.grid.dataset.widthMs);
  const shown = all * state.width;
  const step = STEPS.find(s => s >= shown / 5) ?? Math.ceil(shown / 5 / 36e5) * 36e5;
  const words = ms => step < 1e3 && ms > 0 ? `${ms.toLocaleString("en")} ms` : step < 6e4 ? `${(ms / 1e3).toLocaleString("en")} s` : `${(ms / 6e4).toLocaleString("en")} min`;
  const places = [];
  for (let ms = Math.ceil(state.from * all / step) * step; ms <= (state.from + state.width) * all; ms += step) places.push(ms);
  const fill = (parent, selector, make) => {
    const kept = [...parent.querySelectorAll(selector)];
    places.forEach((ms, i) => {
      const mark = kept[i] ?? parent.appendChild(make());
      mark.hidden = false;
      mark.style.setProperty("--a", ms / all);
      if (selector !== ".wtick") return;
      mark.textContent = words(ms);
      mark.classList.toggle("before", !fits((ms / all - state.from) / state.width, mark.textContent));
    });
    kept.slice(places.length).forEach(mark => { mark.hidden = true; });
  };
  fill(state.grid.querySelector(".wgrid"), "i", () => document.createElement("i"));
  fill(state.grid.querySelector(".whead .wbar"), ".wtick", () => element("span", "wtick"));
}

const share = (state, x) => {
  const axis = state.grid.querySelector(".whead .wbar").getBoundingClientRect();
  return axis.width > 0 ? Math.min(1, Math.max(0, (x - axis.left) / axis.width)) : 0.5;
};

function wheel(state, event) {
  if (!event.ctrlKey) return;
  event.preventDefault();
  zoomBy(state, event.deltaY < 0 ? 0.8 : 1.25, share(state, event.clientX));
}

function drag(state, event) {
  if (event.button !== 0 || event.pointerType === "touch" || state.width >= 1 || !event.target.closest(".wbar")) return;
  const [x, from] = [event.clientX, state.from];
  const ends = new AbortController();
  let moved = false;
  const follow = moving => {
    if (!moved && Math.abs(moving.clientX - x) < 4) return;
    moved = true;
    const axis = state.grid.querySelector(".whead .wbar").getBoundingClientRect();
    move(state, from - (moving.clientX - x) / axis.width * state.width, state.width);
  };
  addEventListener("pointermove", follow, { signal: ends.signal });
  addEventListener("pointerup", () => {
    ends.abort();
    // A drag is not a click on the row below it.
    if (moved) addEventListener("click", click => { click.stopPropagation(); click.preventDefault(); }, { capture: true, once: true });
  }, { signal: ends.signal });
}
