/** The rows of a list: drawn where they belong, kept while they stay, focus kept. */

/**
 * What one item of a list is shown by.
 *
 * @template T
 * @typedef {object} Row
 * @property {HTMLElement} node
 * @property {HTMLElement} link What takes the focus for the whole row.
 * @property {(item: T, now: number) => void} update Show the item.
 * @property {(now: number) => void} tick Let time pass.
 */

/** @template {{id: string}} T */
export class Rows {
  /** @type {Map<string, Row<T>>} */
  #rows = new Map();
  #node;
  #build;
  /** @type {string | null} */
  #marked = null;

  /**
   * @param {HTMLElement} node The list.
   * @param {(item: T) => Row<T>} build
   */
  constructor(node, build) {
    this.#node = node;
    this.#build = build;
  }

  get size() {
    return this.#rows.size;
  }

  /** @param {boolean} isBusy */
  set isBusy(isBusy) {
    this.#node.setAttribute("aria-busy", String(isBusy));
  }

  /**
   * Show these items and no others.
   *
   * @param {T[]} items In their order.
   * @param {number} now In ms since 1970.
   */
  draw(items, now) {
    const focused = this.#focusedRow?.node;
    const focusedAt = focused ? [...this.#node.children].indexOf(focused) : -1;
    const rows = new Map(items.map((item) => [item.id, this.#rowOf(item)]));
    for (const [id, row] of this.#rows) if (!rows.has(id)) row.node.remove();
    this.#rows = rows;
    let place = this.#node.firstElementChild;
    for (const item of items) {
      const row = this.#rowOf(item);
      row.update(item, now);
      if (row.node === place) place = place.nextElementSibling;
      else this.#node.insertBefore(row.node, place);
    }
    const neighbour = items[Math.min(focusedAt, items.length - 1)];
    if (focused && !focused.isConnected && neighbour) this.focus(neighbour.id);
    this.mark(this.#marked);
  }

  /**
   * Let time pass.
   *
   * @param {number} now In ms since 1970.
   */
  tick(now) {
    for (const row of this.#rows.values()) row.tick(now);
  }

  /** @param {string} id */
  focus(id) {
    this.#rows.get(id)?.link.focus();
  }

  /** The id of the item whose row has the focus; null: none has. */
  get focusedId() {
    const focused = this.#focusedRow;
    return [...this.#rows].find(([, row]) => row === focused)?.[0] ?? null;
  }

  /**
   * Mark this item, and no other.
   *
   * @param {string | null} id
   */
  mark(id) {
    if (id !== this.#marked && this.#marked !== null) {
      this.#rows.get(this.#marked)?.link.removeAttribute("aria-current");
    }
    this.#marked = id;
    if (id !== null) this.#rows.get(id)?.link.setAttribute("aria-current", "true");
  }

  get #focusedRow() {
    const focused = document.activeElement;
    return [...this.#rows.values()].find(({ node }) => node.contains(focused));
  }

  /** @param {T} item */
  #rowOf(item) {
    return this.#rows.get(item.id) ?? this.#build(item);
  }
}
