/** The registered types as the options of a filter. */

import { element, fill } from "../page/dom.js";

/**
 * Offer types; the one that is chosen stays so while it is among them.
 *
 * @param {HTMLSelectElement} select
 * @param {string[]} names
 */
export function offerTypes(select, names) {
  const chosen = select.value;
  fill(
    select,
    element("option", { value: "" }, "All types"),
    ...names.map((name) => element("option", { value: name }, name)),
  );
  select.value = names.includes(chosen) ? chosen : "";
}
