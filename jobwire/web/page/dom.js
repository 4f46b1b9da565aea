/** Building elements. Data only ever becomes text, never markup. */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Build an element.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} [properties] `class`, `role`, `for` and names with a
 *   hyphen become attributes, `on…` functions become listeners, the rest is assigned.
 * @param {...Child} children Absent ones are left out.
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (typeof value === "function") {
      node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else if (name.includes("-") || ["class", "role", "for"].includes(name)) {
      node.setAttribute(name, String(value));
    } else {
      Reflect.set(node, name, value);
    }
  }
  node.append(...present(children));
  return node;
}

/**
 * Replace what an element holds.
 *
 * @param {Element} node
 * @param {...Child} children
 */
export function fill(node, ...children) {
  node.replaceChildren(...present(children));
}

/**
 * Set an element's text only when it differs, so that nothing is laid out for nothing.
 *
 * @param {Element} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Draw an icon of the sheet in index.html; it says nothing to assistive technology.
 *
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/**
 * Find an element of index.html.
 *
 * @template {typeof HTMLElement} T
 * @param {string} id
 * @param {T} type What it must be.
 * @returns {InstanceType<T>}
 */
export function find(id, type) {
  const node = document.getElementById(id);
  if (!(node instanceof type)) throw new TypeError(`#${id} is no ${type.name}.`);
  return /** @type {InstanceType<T>} */ (node);
}

let ids = 0;

/** Make an id for a label or a description to point at. */
export function newId() {
  ids += 1;
  return `n${ids}`;
}

/** @param {Child[]} children */
function present(children) {
  return /** @type {(Node | string)[]} */ (
    children
      .filter((child) => child !== null && child !== undefined && child !== false)
      .map((child) => (child instanceof Node ? child : String(child)))
  );
}
