/** The explorer: the parts of the page, and who tells whom. */

import { element, fill, find } from "../page/dom.js";
import { Docs } from "./docs.js";
import { Draft, DraftError } from "./draft.js";
import { EXAMPLES, NEWEST_JOB, NO_JOB } from "./examples.js";
import { INTROSPECTION, Schema } from "./introspection.js";
import { arrange, openTab, showDocs, showPart } from "./layout.js";
import { ResultView } from "./result.js";
import { send, subscribe } from "./run.js";

/** @typedef {import("./run.js").Request} Request */
/** @typedef {import("./examples.js").Example} Example */

const runButton = find("run", HTMLButtonElement);
const stopButton = find("stop", HTMLButtonElement);
const draft = new Draft(() => loadSchema());
const result = new ResultView();
const docs = new Docs();
/** Ends what runs. @type {(() => void) | null} */
let stop = null;

/** Run the operation at the caret. */
async function run() {
  let request;
  try {
    request = draft.read();
  } catch (error) {
    if (error instanceof DraftError) return;
    throw error;
  }
  stop?.();
  showPart("result");
  if (draft.operation?.type === "subscription") follow(request);
  else await ask(request);
}

/** @param {Request} request */
async function ask(request) {
  const controller = new AbortController();
  begin("Running", () => {
    controller.abort();
    finish("Stopped", "idle");
  });
  const start = performance.now();
  let answer;
  try {
    answer = await send(request, controller.signal);
  } catch (error) {
    if (controller.signal.aborted) return;
    throw error;
  }
  const took = Math.round(performance.now() - start);
  const { body, status, bytes } = answer;
  result.answer(body);
  const isGood = status === 200 && !(/** @type {any} */ (body)?.errors);
  const facts = status === null ? ["No answer"] : [status, `${took} ms`, size(bytes)];
  finish(facts.join(" · "), isGood ? "good" : "bad");
  if (status === 401) draft.askForToken();
}

/** @param {Request} request */
function follow(request) {
  const close = subscribe(request, {
    next: (message) => {
      result.add(message);
      result.say(`Live · ${messages()}`, "live");
    },
    state(state) {
      if (state === "live") result.say(`Live · ${messages()}`, "live");
      else if (state === "waiting") result.say("Connection lost, trying again", "bad");
      else result.say("Connecting", "busy");
    },
    ended({ why, isError, needsToken }) {
      finish(`${why} · ${messages()}`, isError ? "bad" : "good");
      if (needsToken) draft.askForToken();
    },
  });
  begin("Connecting", () => {
    close();
    finish(`Stopped · ${messages()}`, "idle");
  });
}

/**
 * @param {string} status
 * @param {() => void} how
 */
function begin(status, how) {
  stop = how;
  result.begin(status);
  stopButton.hidden = false;
}

/**
 * @param {string} status
 * @param {"good" | "bad" | "idle"} tone
 */
function finish(status, tone) {
  stop = null;
  result.say(status, tone);
  const hadFocus = document.activeElement === stopButton;
  stopButton.hidden = true;
  if (hadFocus) runButton.focus();
}

function messages() {
  return `${result.count} message${result.count === 1 ? "" : "s"}`;
}

/** @param {number} bytes */
function size(bytes) {
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`;
}

/** @param {Example} example */
async function insert(example) {
  const id = example.needsJob ? await newestJob() : null;
  const isMissing = example.needsJob && id === null;
  draft.write(
    example.document,
    example.variables(id ?? NO_JOB),
    isMissing
      ? "It needs the id of a job, and there is none: run Schedule first."
      : undefined,
  );
  openTab("variables");
  draft.document.input.focus({ preventScroll: true });
}

/** @returns {Promise<string | null>} Its id. */
async function newestJob() {
  const { body } = await send(draft.aside(NEWEST_JOB));
  return /** @type {any} */ (body)?.data?.jobs?.nodes[0]?.id ?? null;
}

async function loadSchema() {
  const { body } = await send(draft.aside(INTROSPECTION));
  const { data, errors } = /** @type {any} */ (body) ?? {};
  if (data?.__schema) docs.show(new Schema(data));
  else docs.fail(errors?.[0]?.message ?? "The server does not tell its schema.");
}

/** @param {KeyboardEvent} event */
function press(event) {
  const { key, target } = event;
  const isTyping = target instanceof HTMLElement && target.matches("input, textarea");
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) run();
  else if (key === "Escape" && stop) stop();
  else if (key === "/" && !isTyping) {
    showDocs(true);
    showPart("docs");
    docs.focus();
  } else return;
  event.preventDefault();
}

arrange();
runButton.addEventListener("click", run);
stopButton.addEventListener("click", () => stop?.());
document.addEventListener("keydown", press);
fill(
  find("examples", HTMLElement),
  ...EXAMPLES.map((example) =>
    element("button", { type: "button", onclick: () => insert(example) }, example.name),
  ),
);
if (!draft.restore()) draft.write(EXAMPLES[0].document, EXAMPLES[0].variables(NO_JOB));
loadSchema();
