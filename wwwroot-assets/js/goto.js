// Opens and closes the box of the top bar that goes to a page or a name. What it finds is asked on the server.
(() => {
  const box = () => document.querySelector("dialog.goto");
  const read = key => { try { return localStorage.getItem(key); } catch { return null; } };
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* storage may be switched off */ } };
  const slashOpens = () => read("goto-slash") !== "off";
  const isField = node => node instanceof Element && node.closest("input, textarea, select, [contenteditable]") !== null;

  const open = () => {
    const dialog = box();
    // Before the page is live nothing would answer.
    if (!dialog || dialog.open || document.querySelector("dialog[open]") || !document.querySelector(".frame[data-live]")) return;
    dialog.querySelector("[data-goto-slash]").checked = slashOpens();
    dialog.showModal();
    dialog.querySelector("input[role=combobox]").focus();
    // Going somewhere takes the box away; the reader then stands at the head of the page instead of nowhere.
    new MutationObserver((_, self) => {
      if (dialog.isConnected) return;
      self.disconnect();
      setTimeout(() => { if (document.activeElement === document.body) document.querySelector("main h1")?.focus({ preventScroll: true }); });
    }).observe(dialog.parentElement, { childList: true });
  };

  document.addEventListener("click", event => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    if (target.closest("[data-goto-open]")) open();
    else if (target.closest("[data-goto-close], .goto [role=option]") || target.matches("dialog.goto")) box()?.close();
  });
  document.addEventListener("change", event => {
    if (event.target instanceof Element && event.target.matches("[data-goto-slash]")) keep("goto-slash", event.target.checked ? "on" : "off");
  });

  document.addEventListener("keydown", event => {
    const isK = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isField(event.target) && slashOpens();
    if (isK || isSlash) {
      event.preventDefault();
      open();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target instanceof Element && event.target.closest(".goto-field")) {
      // The arrows choose; the cursor stays where it is.
      event.preventDefault();
    }
  });

  new MutationObserver(changes => changes.forEach(({ target }) => document.getElementById(target.getAttribute("aria-activedescendant"))?.scrollIntoView({ block: "nearest" })))
    .observe(document.documentElement, { subtree: true, attributes: true, attributeFilter: ["aria-activedescendant"] });
})();
