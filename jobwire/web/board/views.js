/** The views of the board, of which the address names one: jobs, schedules, system. */

import { find } from "../page/dom.js";
import { readAddress, writeAddress } from "./address.js";

/** @typedef {import("./address.js").Place} Place */
/** @typedef {import("./address.js").ViewName} ViewName */

const VIEWS = {
  jobs: { node: "view-jobs", link: "to-jobs", button: "new-job", title: "Jobwire" },
  schedules: {
    node: "view-schedules",
    link: "to-schedules",
    button: "new-schedule",
    title: "Schedules · Jobwire",
  },
  system: {
    node: "view-system",
    link: "to-system",
    button: "new-job",
    title: "System · Jobwire",
  },
};

export class Views {
  /** The one that is shown. @type {ViewName} */
  #name = "jobs";

  /** @param {(place: Place) => void} onPlace The address names another place. */
  constructor(onPlace) {
    this.onPlace = onPlace;
    window.addEventListener("hashchange", () => this.follow());
  }

  /** The one that is shown. */
  get name() {
    return this.#name;
  }

  /**
   * Whether a view is shown.
   *
   * @param {ViewName} name
   */
  isAt(name) {
    return this.#name === name;
  }

  /** Show what the address names. */
  follow() {
    const place = readAddress(location.hash);
    this.#show(place.view);
    this.onPlace(place);
  }

  /**
   * Go to a view, as by a link.
   *
   * @param {ViewName} view
   * @param {string | null} [job] The job that is opened in it.
   */
  go(view, job = null) {
    const address = location.pathname + location.search + writeAddress(view, job);
    history.pushState(null, "", address);
    this.follow();
  }

  /** Close the job that is open, as by a link. */
  goUp() {
    this.go(this.#name);
  }

  /** @param {ViewName} name */
  #show(name) {
    this.#name = name;
    for (const [one, { node, link, button, title }] of Object.entries(VIEWS)) {
      const isShown = one === name;
      find(node, HTMLElement).hidden = !isShown;
      find(button, HTMLButtonElement).hidden = button !== VIEWS[name].button;
      const anchor = find(link, HTMLAnchorElement);
      if (isShown) anchor.setAttribute("aria-current", "page");
      else anchor.removeAttribute("aria-current");
      if (isShown) document.title = title;
    }
  }
}
