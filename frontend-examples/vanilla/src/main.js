/** The page as a whole: which part of it is shown, and how the connection stands. */

import { Connection } from "./connection.js";
import { JobPage } from "./job-page.js";
import { JobsPage } from "./jobs-page.js";
import { NewJobPage } from "./new-job-page.js";
import { routeOf } from "./route.js";

/** @typedef {import("./connection.js").Page} Page */

const connection = new Connection(find(".connection"), find("#banner"));
const main = find("main");

/** @type {Page | null} */
let page = null;

addEventListener("hashchange", show);
show();

function show() {
  const route = routeOf(location.hash);
  if (route.page === "jobs" && page instanceof JobsPage) {
    page.show(route.search);
    connection.watch(page);
    return;
  }
  const isFirst = page === null;
  page?.leave();
  page = pageOf(route);
  document.title = `${page.title} · Jobwire`;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.textContent === page.title) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  main.replaceChildren(page.node);
  connection.watch(page);
  if (!isFirst) {
    main.focus();
    scrollTo(0, 0);
  }
}

/** @param {import("./route.js").Route} route @returns {Page} */
function pageOf(route) {
  switch (route.page) {
    case "jobs":
      return new JobsPage(route.search);
    case "job":
      return new JobPage(route.id);
    case "new":
      return new NewJobPage();
  }
}

/** @param {string} selector */
function find(selector) {
  const node = document.querySelector(selector);
  if (!(node instanceof HTMLElement)) throw new TypeError(`There is no ${selector}.`);
  return node;
}
