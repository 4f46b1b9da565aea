/** Which parts of the page are shown: tabs, the docs, and one part at a time on phones. */

import { find } from "../page/dom.js";

/** @typedef {"variables" | "headers"} Tab */
/** @typedef {"query" | "result" | "docs"} Part */

/** Wide enough for all parts beside each other. */
const WIDE = "(min-width: 75rem)";

const docsToggle = find("docs-toggle", HTMLButtonElement);
const tabs = all("[role=tab]");
const panels = all("[role=tabpanel]");
const parts = all("[data-shows]");

/** @param {Tab} name */
export function openTab(name) {
  for (const tab of tabs) {
    const isOpen = tab.id === `${name}-tab`;
    tab.ariaSelected = String(isOpen);
    tab.tabIndex = isOpen ? 0 : -1;
  }
  for (const panel of panels) panel.hidden = panel.id !== `${name}-panel`;
}

/**
 * Show a part of the page where not all have room.
 *
 * @param {Part} name
 */
export function showPart(name) {
  document.body.dataset.view = name;
  for (const part of parts) part.ariaPressed = String(part.dataset.shows === name);
}

/** @param {boolean} isOpen */
export function showDocs(isOpen) {
  document.body.classList.toggle("has-docs", isOpen);
  docsToggle.ariaPressed = String(isOpen);
}

/** Let the buttons of the page do it, and begin. */
export function arrange() {
  for (const tab of tabs) {
    const { name, other } = namesOf(tab);
    tab.addEventListener("click", () => openTab(name));
    tab.addEventListener("keydown", ({ key }) => {
      if (key !== "ArrowLeft" && key !== "ArrowRight") return;
      openTab(other);
      find(`${other}-tab`, HTMLElement).focus();
    });
  }
  for (const part of parts) {
    part.addEventListener("click", () =>
      showPart(/** @type {Part} */ (part.dataset.shows)),
    );
  }
  docsToggle.addEventListener("click", () =>
    showDocs(!document.body.classList.contains("has-docs")),
  );
  showDocs(matchMedia(WIDE).matches);
  showPart("query");
}

/**
 * @param {HTMLElement} tab
 * @returns {{name: Tab, other: Tab}}
 */
function namesOf(tab) {
  return tab.id === "variables-tab"
    ? { name: "variables", other: "headers" }
    : { name: "headers", other: "variables" };
}

/**
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
function all(selector) {
  return [...document.querySelectorAll(selector)].map(
    (node) => /** @type {HTMLElement} */ (node),
  );
}
