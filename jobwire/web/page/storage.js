/** What the browser keeps for this page, if it keeps anything at all. */

/** @typedef {"localStorage" | "sessionStorage"} Area */

/**
 * @param {Area} area
 * @param {string} key
 * @returns {string | null}
 */
export function recall(area, key) {
  try {
    return window[area].getItem(key);
  } catch {
    return null;
  }
}

/**
 * @param {Area} area
 * @param {string} key
 * @param {string | null} value null: forget it.
 * @returns {boolean} Whether it is kept.
 */
export function remember(area, key, value) {
  try {
    if (value === null) window[area].removeItem(key);
    else window[area].setItem(key, value);
    return true;
  } catch {
    return false;
  }
}
