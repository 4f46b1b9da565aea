/** Building elements. Data only ever becomes text, never markup. */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Build an element.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [properties] Functions become listeners, those with a
 *   hyphen, `role` and `for` become attributes, the rest is assigned.
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") {
      node.addEventListener(name, (event) => value(event));
    } else if (name.includes("-") || name === "role" || name === "for") {
      node.setAttribute(name, String(value));
    } else {
      Reflect.set(node, name, value);
    }
  }
  fill(node, ...children);
  return node;
}

/**
 * Replace what an element holds.
 *
 * @param {Element} node
 * @param {...Child} children
 */
export function fill(node, ...children) {
  const present = children.filter((child) => child || child === 0);
  node.replaceChildren(
    ...present.map((child) => (child instanceof Node ? child : String(child))),
  );
}

/**
 * Set an element's text only if it differs, so that it is not read out again.
 *
 * @param {Element} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @type {WeakMap<Element, string>} */
const shown = new WeakMap();

/**
 * Fill an element anew only if what it shows has changed, so that focus and selections
 * stay.
 *
 * @param {Element} node
 * @param {unknown} value What it shows, as JSON.
 * @param {() => Child[]} build
 */
export function refill(node, value, build) {
  const key = JSON.stringify(value) ?? "";
  if (shown.get(node) === key) return;
  shown.set(node, key);
  fill(node, ...build());
}

/** What stands where nothing was read yet. */
export function loading() {
  return element("div", { className: "empty" }, element("p", {}, "Loading…"));
}
