/** Which type a new job has: a registered one, or any task of Trigger.dev. */

import { buildControl } from "./control.js";
import { element, fill, setText } from "../page/dom.js";
import { executorLabel } from "./executor.js";
import { readSchema } from "./schema.js";

/** @typedef {import("./documents.js").JobType} JobType */

const OTHER_TASK = readSchema({
  type: "object",
  title: "Task",
  properties: {
    triggerTaskId: {
      type: "string",
      title: "Task id",
      description: "As the code of the Trigger.dev project names it.",
      minLength: 1,
      maxLength: 255,
    },
    type: {
      type: "string",
      title: "Type name",
      description: "What the job is listed as; left empty, the id of the task.",
      maxLength: 120,
    },
  },
  required: ["triggerTaskId"],
});

export class TypeChoice {
  #select;
  #about;
  #problem;
  #node;
  #task = buildControl(OTHER_TASK, true);
  #other = element("option", { value: "" }, "Another Trigger.dev task…");
  #offersOther = false;
  /** null: they have not been read yet. @type {JobType[] | null} */
  #types = null;

  /**
   * @param {{select: HTMLSelectElement, about: HTMLElement, problem: HTMLElement,
   *   task: HTMLElement}} nodes The last one is for the task that is to be named.
   * @param {() => void} onChange Another one was chosen.
   */
  constructor({ select, about, problem, task }, onChange) {
    this.#select = select;
    this.#about = about;
    this.#problem = problem;
    this.#node = task;
    this.#task.node.classList.add("is-variant");
    this.#select.addEventListener("change", onChange);
  }

  /**
   * Offer these types.
   *
   * @param {JobType[]} types
   */
  offer(types) {
    this.#types = types;
    this.#draw();
  }

  /**
   * Offer tasks that no type is registered for, or no longer.
   *
   * @param {boolean} isOffered
   * @returns {boolean} Whether another choice stands now.
   */
  offerOther(isOffered) {
    if (isOffered === this.#offersOther) return false;
    const wasOther = this.isOther;
    this.#offersOther = isOffered;
    this.#draw();
    return this.isOther !== wasOther;
  }

  /** @param {string} name Of the type to choose. */
  choose(name) {
    this.#select.value = name;
  }

  focus() {
    this.#select.focus();
  }

  /** The name of the registered type that is chosen; empty: none is. */
  get name() {
    return this.#select.value;
  }

  /** The registered type that is chosen; undefined: none is. */
  get type() {
    return this.#types?.find(({ name }) => name === this.name);
  }

  /** Whether a task is to be named. */
  get isOther() {
    return this.#other.selected && this.#other.isConnected;
  }

  /** Show what is known of the choice, and what it still asks for. */
  drawChoice() {
    fill(this.#node, this.isOther && this.#task.node);
    this.#node.hidden = !this.isOther;
    setText(this.#about, this.#describe());
  }

  /** The members of `ScheduleJobInput` that the choice stands for. */
  read() {
    if (!this.isOther) return { type: this.name };
    const task = /** @type {{triggerTaskId: string, type?: string}} */ (
      this.#task.read()
    );
    return { type: task.triggerTaskId, executor: "TRIGGER", ...task };
  }

  /** Show what cannot be right, and return the first of it; null: all may be right. */
  check() {
    const problems = this.isOther ? this.#task.check() : [];
    const [first] = problems.map(({ path, message }) => this.show(path, message));
    return first ?? null;
  }

  /**
   * Show a message where the path within the input leads to.
   *
   * @param {string[]} path Begins with `type`, `executor` or `triggerTaskId`.
   * @param {string} message
   * @returns {HTMLElement} What to focus.
   */
  show(path, message) {
    if (this.isOther && path[0] !== "executor") return this.#task.show(path, message);
    this.#problem.hidden = false;
    setText(this.#problem, message);
    this.#select.setAttribute("aria-invalid", "true");
    return this.#select;
  }

  clear() {
    this.#task.clear();
  }

  #draw() {
    const { isOther, name } = this;
    const types = this.#types;
    if (types === null) return;
    const places = new Set(types.map(({ executor }) => executor));
    if (this.#offersOther) places.add("TRIGGER");
    const groups = [...places].sort().map((place) => ({
      label: executorLabel(place),
      options: [
        ...types.filter(({ executor }) => executor === place).map(buildOption),
        ...(place === "TRIGGER" && this.#offersOther ? [this.#other] : []),
      ],
    }));
    const buildGroup = (/** @type {(typeof groups)[number]} */ { label, options }) =>
      element("optgroup", { label }, ...options);
    fill(
      this.#select,
      ...(groups.length > 1 ? groups.map(buildGroup) : (groups[0]?.options ?? [])),
    );
    if (isOther && this.#offersOther) this.#other.selected = true;
    else if (types.some((type) => type.name === name)) this.choose(name);
  }

  #describe() {
    if (this.isOther) return "Runs on Trigger.dev.";
    if (!this.type) return "No job types are registered.";
    const { description, executor, triggerTaskId } = this.type;
    const place = triggerTaskId
      ? `Runs on ${executorLabel(executor)} as the task ${triggerTaskId}.`
      : "";
    return [description, place].filter(Boolean).join(" ");
  }
}

/** @param {JobType} type */
function buildOption({ name }) {
  return element("option", { value: name }, name);
}
