/**
 * Light or dark: the system's wish, unless another one was chosen here.
 * A classic script, so that it runs before the first paint.
 */
(() => {
  const KEY = "jobwire.theme";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  /** @returns {string | null} */
  function chosen() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  function toggle() {
    const preferred = system.matches ? "dark" : "light";
    const current = root.dataset.theme ?? preferred;
    const next = current === "dark" ? "light" : "dark";
    try {
      if (next === preferred) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, next);
    } catch {
      // The browser keeps nothing for this page: the choice lasts as long as the page.
    }
    root.dataset.theme = next;
  }

  const theme = chosen();
  if (theme) root.dataset.theme = theme;
  document.addEventListener("DOMContentLoaded", () => {
    document.getElementById("theme")?.addEventListener("click", toggle);
  });
})();
