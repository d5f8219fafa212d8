// Runs before the first paint: theme and folded navigation are attributes of <html>, so nothing flashes.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const wide = matchMedia("(min-width: 768px)");
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* storage may be switched off */ } };
  const kept = key => { try { return localStorage.getItem(key); } catch { return null; } };

  const showTheme = () => { root.dataset.theme = kept("theme") || (dark.matches ? "dark" : "light"); };
  showTheme();
  dark.addEventListener("change", showTheme);
  if (wide.matches && kept("nav") === "folded") root.dataset.nav = "folded";
  wide.addEventListener("change", () => { delete root.dataset.nav; });

  const toggleNav = () => {
    const next = wide.matches ? "folded" : "open";
    if (root.dataset.nav === next) delete root.dataset.nav; else root.dataset.nav = next;
    if (wide.matches) keep("nav", root.dataset.nav || "");
    if (root.dataset.nav === "open") document.querySelector(".nav a[href]")?.focus();
  };
  const closeMenus = except => document.querySelectorAll("details:is(.menu, .how)[open]").forEach(m => { if (m !== except) m.open = false; });

  const copyText = async button => {
    const source = button.closest(".question")?.querySelector("pre");
    if (!source) return;
    let words = "Copied";
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      // Without leave for the clipboard (plain HTTP) the text is shown and selected instead.
      source.closest("details")?.setAttribute("open", "");
      getSelection().selectAllChildren(source);
      words = "Selected: copy it with the keyboard";
    }
    const said = button.closest(".question").querySelector("[data-copied]");
    if (said) said.textContent = words;
  };

  const copyLink = async button => {
    const said = button.parentElement.querySelector("[data-copied]");
    try {
      await navigator.clipboard.writeText(location.href);
      said.textContent = "Link copied";
    } catch {
      said.textContent = location.href;
      getSelection().selectAllChildren(said);
    }
  };

  document.addEventListener("click", event => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    const copy = target.closest("[data-copy]");
    if (copy) copyText(copy);
    const link = target.closest("[data-copy-link]");
    if (link) copyLink(link);
    if (target.closest("[data-theme-toggle]")) {
      keep("theme", root.dataset.theme === "dark" ? "light" : "dark");
      showTheme();
    } else if (target.closest("[data-nav-toggle]")) {
      toggleNav();
    } else if (root.dataset.nav === "open" && (!target.closest(".nav") || target.closest("a[href]"))) {
      delete root.dataset.nav;
    }
    const menu = target.closest("details:is(.menu, .how)");
    closeMenus(target.closest("a[href], [data-closes-menu]") ? null : menu);
  });

  document.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details:is(.menu, .how)[open]");
    if (menu) { menu.open = false; menu.querySelector("summary")?.focus(); }
    if (root.dataset.nav === "open") { delete root.dataset.nav; document.querySelector(".menu-button")?.focus(); }
  });
})();
