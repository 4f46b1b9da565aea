/** A link that opens a job beside the system view. */

import { element } from "../../page/dom.js";
import { writeAddress } from "../address.js";

/**
 * @param {string} id
 * @param {string | null} tag Null: the job was deleted.
 */
export function systemJobLink(id, tag) {
  return tag === null
    ? element("span", { class: "muted", title: id }, "a deleted job")
    : element("a", { class: "found-job", href: writeAddress("system", id) }, tag);
}
