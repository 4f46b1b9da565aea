/** The dialog that schedules a job. */

import { DataForms } from "./data-forms.js";
import { JOB_TYPES, SCHEDULE_JOB } from "./documents.js";
import { fill, find } from "../page/dom.js";
import { FormMessages } from "./form-messages.js";
import { formatDuration, parseDuration } from "./format.js";
import { InputForm } from "./input-form.js";
import { RequestView } from "./request-view.js";
import { SCHEDULE_JOB_BY_API } from "./snippet.js";
import { RunTimeInput, SpanInput } from "./timing.js";
import { TypeChoice } from "./type-choice.js";

/** @typedef {import("./documents.js").Job} Job */
/** @typedef {import("./documents.js").JobType} JobType */

/**
 * @typedef {object} ScheduleOptions
 * @property {import("./api.js").Api} api
 * @property {import("./session.js").Session} session
 * @property {(job: Job) => void} onScheduled
 * @property {(types: JobType[]) => void} onTypes The registered types, whenever read.
 */

export class ScheduleDialog {
  #dialog = find("schedule", HTMLDialogElement);
  #form = find("schedule-form", HTMLFormElement);
  #choice = new TypeChoice(
    {
      select: find("schedule-type", HTMLSelectElement),
      about: find("type-about", HTMLElement),
      problem: find("type-error", HTMLElement),
      task: find("other-task", HTMLElement),
    },
    () => this.#drawType(),
  );
  #tag = find("schedule-tag", HTMLInputElement);
  #data = new DataForms(find("schedule-data", HTMLElement));
  #attempts = find("max-attempts", HTMLInputElement);
  #runTime = new RunTimeInput();
  #maxDuration = new SpanInput("Longest attempt");
  #ttl = new SpanInput("Time to live");
  #messages = new FormMessages(this.#form, () => ({
    tag: this.#tag,
    when: this.#runTime.input,
    retryConfig: this.#attempts,
    maxDuration: this.#maxDuration.amount,
    ttl: this.#ttl.amount,
  }));
  #inputForm;
  #request;
  /** @type {JobType[]} */
  #types = [];
  #suggestedTag = "";

  /** @param {ScheduleOptions} options */
  constructor(options) {
    this.options = options;
    fill(find("max-duration", HTMLElement), this.#maxDuration.node);
    fill(find("ttl", HTMLElement), this.#ttl.node);
    this.#request = new RequestView({
      api: options.api,
      session: options.session,
      form: this.#form,
      details: find("request", HTMLDetailsElement),
      mutation: SCHEDULE_JOB_BY_API,
      input: () => this.#input(),
    });
    this.#inputForm = new InputForm({
      dialog: this.#dialog,
      form: this.#form,
      submit: find("schedule-submit", HTMLButtonElement),
      cancel: find("schedule-cancel", HTMLButtonElement),
      choice: this.#choice,
      data: this.#data,
      messages: this.#messages,
      check: () => this.#check(),
      send: () => this.#send(),
    });
  }

  /** Read the registered types; they change while a developer edits them. */
  async load() {
    const { jobTypes } = await this.options.api.execute(JOB_TYPES);
    if (JSON.stringify(jobTypes) === JSON.stringify(this.#types)) return;
    this.#types = jobTypes;
    this.#choice.offer(jobTypes);
    this.#drawType();
    this.options.onTypes(jobTypes);
  }

  /**
   * Offer tasks of Trigger.dev that no type is registered for, or no longer.
   *
   * @param {boolean} isOffered
   */
  offerOtherTask(isOffered) {
    if (this.#choice.offerOther(isOffered)) this.#drawType();
  }

  /**
   * Open the dialog.
   *
   * @param {string} [type] The type to begin with.
   */
  async open(type) {
    if (this.#dialog.open) return;
    this.#inputForm.clear();
    if (type) this.#choice.choose(type);
    this.#drawType();
    this.#dialog.showModal();
    this.#choice.focus();
    try {
      await this.load();
    } catch (error) {
      this.#inputForm.fail(error);
    }
  }

  #drawType() {
    const { name, type, isOther } = this.#choice;
    this.#choice.drawChoice();
    this.#data.hide();
    if (!type && !isOther) return;
    this.#data.show(name, type?.dataSchema ?? {});
    this.#attempts.placeholder = String(type?.retryConfig.maxAttempts ?? "");
    this.#maxDuration.amount.placeholder = describeLimit(type);
    if (this.#tag.value === this.#suggestedTag) this.#suggestTag(name || "task");
    this.#request.draw();
  }

  /** @param {string} type */
  #suggestTag(type) {
    const time = new Date().toTimeString().slice(0, 8).replaceAll(":", "");
    this.#suggestedTag = `${type}-${time}`;
    this.#tag.value = this.#suggestedTag;
  }

  /** The `ScheduleJobInput` that the form stands for. */
  #input() {
    const when = this.#runTime.read();
    const maxDuration = this.#maxDuration.read();
    const ttl = this.#ttl.read();
    const attempts = this.#attempts.value;
    return {
      ...this.#choice.read(),
      tag: this.#tag.value,
      data: this.#data.shown?.read() ?? null,
      ...(when ? { when } : {}),
      ...(attempts ? { retryConfig: { maxAttempts: Number(attempts) } } : {}),
      ...(maxDuration ? { maxDuration } : {}),
      ...(ttl ? { ttl } : {}),
    };
  }

  async #send() {
    const input = this.#input();
    const { scheduleJob } = await this.options.api.execute(SCHEDULE_JOB, { input });
    if (scheduleJob.job) {
      this.#dialog.close();
      this.#tag.value = this.#suggestedTag;
      this.options.onScheduled(scheduleJob.job);
    } else {
      this.#inputForm.refuse(scheduleJob.errors);
    }
  }

  /** Show what cannot be right, and return the first of it. */
  #check() {
    const form = this.#inputForm;
    const choice = this.#choice.check();
    const noTag = this.#tag.value ? null : form.show(["tag"], "Say what it is about.");
    const data = this.#data.shown?.check() ?? null;
    const when = this.#runTime.check() && form.show(["when"], "Say when.");
    return choice ?? noTag ?? data ?? when;
  }
}

/**
 * Say how long an attempt may run when nothing else is asked for.
 *
 * @param {JobType | undefined} type
 */
function describeLimit(type) {
  if (type?.maxDuration) return formatDuration(parseDuration(type.maxDuration));
  return type?.executor === "INTERNAL" ? "no limit" : "as the task says";
}
