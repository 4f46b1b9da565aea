/** GraphiQL on this API: its fetcher, its first tabs, and the way back to the board. */

import { endpoint, liveEndpoint } from "../page/endpoint.js";
import { recall, remember } from "../page/storage.js";
import { authorization, recallToken } from "../page/token.js";
import { EXAMPLES, NEWEST_JOB, NO_JOB } from "./examples.js";

/** Where GraphiQL keeps what was typed, and the variables that it begins with. */
const TABS = "graphiql:tabState";
const VARIABLES = "graphiql:variables";

/** Set by the scripts before this one. @type {any} */
const { GraphiQL, React, ReactDOM } = window;

const fetcher = GraphiQL.createFetcher({
  url: endpoint.href,
  subscriptionUrl: liveEndpoint.href,
  // Sent along: over HTTP as they are, over a websocket in its first message.
  headers: authorization(recallToken()),
  wsConnectionParams: authorization(recallToken()),
});

/** @returns {Promise<string>} The id of the newest job, if there is one. */
async function newestJob() {
  try {
    const { data } = await fetcher({ query: NEWEST_JOB });
    return data.jobs.nodes[0].id;
  } catch {
    return NO_JOB;
  }
}

/** What is opened when nothing was kept from another time. */
async function firstTabs() {
  if (recall("localStorage", TABS) !== null) return undefined;
  const id = await newestJob();
  const tabs = EXAMPLES.map((example) => ({
    query: example.document,
    variables: JSON.stringify(example.variables(id), null, 2),
  }));
  // It takes all of a first tab but the variables.
  remember("localStorage", VARIABLES, tabs[0].variables);
  return tabs;
}

const logo = React.createElement(
  GraphiQL.Logo,
  null,
  React.createElement("a", { className: "graphiql-logo-link", href: "./" }, "Board"),
);
const root = ReactDOM.createRoot(document.getElementById("graphiql"));
root.render(
  React.createElement(
    GraphiQL,
    { fetcher, defaultTabs: await firstTabs(), defaultEditorToolsVisibility: true },
    logo,
  ),
);
