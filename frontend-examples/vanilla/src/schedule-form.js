/** A form for a job of any type; the fields of its data are made from its schema. */

import { DataFields } from "./data-fields.js";
import { scheduleJob } from "./documents.js";
import { element, fill } from "./dom.js";
import { Field } from "./field.js";
import { send } from "./mutation.js";
import { jobAddress } from "./route.js";

/** @typedef {import("./documents.js").JobType} JobType */
/** @typedef {import("./mutation.js").Problem} Problem */

export class ScheduleForm {
  #type;
  #tag = new Field({
    id: "tag",
    label: "Tag",
    control: element("input", { autocomplete: "off" }),
    description: "What the job is about, for example sales-2026.",
  });
  #dataPlace = element("div");
  #data = new DataFields({});
  #problems = element("div", { role: "alert" });
  #button = element("button", { className: "primary", type: "submit" }, "Schedule");
  /** What was sent last without being accepted. */
  #sent = { json: "", idempotencyKey: "" };

  /**
   * @param {readonly JobType[]} types
   * @param {() => void} onSignedOut
   */
  constructor(types, onSignedOut) {
    this.types = types;
    this.onSignedOut = onSignedOut;
    this.#type = new Field({
      id: "type",
      label: "Type",
      control: element(
        "select",
        { change: () => this.#choose() },
        ...types.map(({ name }) => element("option", {}, name)),
      ),
    });
    const submit = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      this.#submit();
    };
    this.node = element(
      "form",
      { className: "schedule", noValidate: true, submit },
      this.#type.node,
      this.#tag.node,
      this.#dataPlace,
      this.#problems,
      this.#button,
    );
    this.#choose();
  }

  #choose() {
    const type = this.types.find(({ name }) => name === this.#type.control.value);
    this.#type.describe(type?.description ?? "");
    this.#data = new DataFields(type?.dataSchema);
    this.#dataPlace.replaceChildren(this.#data.node);
    this.#say([]);
  }

  async #submit() {
    this.#say([]);
    const read = this.#data.read();
    if (read === null) {
      this.#focusFirstProblem();
      return;
    }
    const type = this.#type.control.value;
    const input = this.#keyed({ type, tag: this.#tag.control.value, data: read.data });
    this.#button.disabled = true;
    const { payload, problems } = await send(scheduleJob, input);
    this.#button.disabled = false;
    this.#say(problems);
    this.#focusFirstProblem();
    if (problems.some(({ code }) => code === "UNAUTHENTICATED")) this.onSignedOut();
    // Whoever has left the form meanwhile stays where they are.
    if (payload?.job && this.node.isConnected) {
      location.hash = jobAddress(payload.job.id);
    }
  }

  /**
   * What is sent again, as after a lost answer, keeps its key and makes no second job.
   *
   * @param {Record<string, unknown>} input
   */
  #keyed(input) {
    const json = JSON.stringify(input);
    if (json !== this.#sent.json) {
      this.#sent = { json, idempotencyKey: crypto.randomUUID() };
    }
    return { ...input, idempotencyKey: this.#sent.idempotencyKey };
  }

  /** Show each problem where it is. @param {readonly Problem[]} problems */
  #say(problems) {
    const rest = this.#data.say(problems);
    /** @param {string} argument */
    const take = (argument) => rest.filter(({ path }) => path[1] === argument);
    this.#type.say(take("type").map(({ message }) => message));
    this.#tag.say(take("tag").map(({ message }) => message));
    const others = rest.filter(({ path }) => path[1] !== "type" && path[1] !== "tag");
    this.#problems.hidden = others.length === 0;
    fill(this.#problems, ...others.map(problemElement));
  }

  #focusFirstProblem() {
    const wrong = this.node.querySelector("[aria-invalid=true]");
    if (wrong instanceof HTMLElement) wrong.focus();
  }
}

/** @param {Problem} problem */
function problemElement({ message, code, jobId }) {
  const again = code === null && " Press Schedule again: that makes no second job.";
  const job = jobId && element("a", { href: jobAddress(jobId) }, "The other job");
  return element("p", { className: "error" }, message, again, job && " ", job);
}
