/** The dialog that makes a job schedule. */

import { CronPreview } from "./cron-preview.js";
import { DataForms } from "./data-forms.js";
import { SCHEDULE_CRON_JOB } from "./documents.js";
import { element, fill, find } from "../page/dom.js";
import { FormMessages } from "./form-messages.js";
import { InputForm } from "./input-form.js";
import { RequestView } from "./request-view.js";
import { MISFIRE_POLICIES, OVERLAP_POLICIES } from "./schedule-words.js";
import { SCHEDULE_CRON_JOB_BY_API } from "./snippet.js";
import { TypeChoice } from "./type-choice.js";

/** @typedef {import("./documents.js").JobSchedule} JobSchedule */
/** @typedef {import("./documents.js").JobType} JobType */
/** @typedef {import("./documents.js").UserError} UserError */

/**
 * @typedef {object} CronOptions
 * @property {import("./api.js").Api} api
 * @property {import("./session.js").Session} session
 * @property {import("./clock.js").Clock} clock
 * @property {(text: string) => void} announce
 * @property {() => Promise<void>} loadTypes Read the registered types, and offer them.
 * @property {(schedule: JobSchedule) => void} onScheduled
 */

export class CronDialog {
  #dialog = find("cron", HTMLDialogElement);
  #form = find("cron-form", HTMLFormElement);
  #choice = new TypeChoice(
    {
      select: find("cron-type", HTMLSelectElement),
      about: find("cron-type-about", HTMLElement),
      problem: find("cron-type-error", HTMLElement),
      task: find("cron-task", HTMLElement),
    },
    () => this.#drawType(),
  );
  #tag = find("cron-tag", HTMLInputElement);
  #key = find("cron-key", HTMLInputElement);
  #cron = find("cron-expression", HTMLInputElement);
  #timezone = find("cron-timezone", HTMLInputElement);
  #owner = find("cron-owner", HTMLElement);
  #ownerHelp = find("cron-owner-help", HTMLElement);
  #policies = find("cron-policies", HTMLElement);
  #overlap = find("cron-overlap", HTMLSelectElement);
  #misfire = find("cron-misfire", HTMLSelectElement);
  #data = new DataForms(find("cron-data", HTMLElement));
  #messages = new FormMessages(this.#form, () => ({
    tag: this.#tag,
    key: this.#key,
    cron: this.#cron,
    timezone: this.#timezone,
    overlapPolicy: this.#overlap,
    misfirePolicy: this.#misfire,
  }));
  #preview;
  #inputForm;
  #request;
  #suggestedTag = "";

  /** @param {CronOptions} options */
  constructor(options) {
    this.options = options;
    const { api, clock, session } = options;
    this.#preview = new CronPreview({
      api,
      clock,
      announce: options.announce,
      cron: this.#cron,
      timezone: this.#timezone,
    });
    this.#request = new RequestView({
      api,
      session,
      form: this.#form,
      details: find("cron-request", HTMLDetailsElement),
      mutation: SCHEDULE_CRON_JOB_BY_API,
      input: () => this.#input(),
    });
    offer(this.#overlap, OVERLAP_POLICIES);
    offer(this.#misfire, MISFIRE_POLICIES);
    const zones = Intl.supportedValuesOf("timeZone");
    const names = [...new Set(["UTC", ...zones])];
    fill(
      find("time-zones", HTMLDataListElement),
      ...names.map((value) => element("option", { value })),
    );
    this.#timezone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
    // What was refused of them is told anew by the preview.
    this.#cron.addEventListener("input", () => this.#messages.clearOne("cron"));
    this.#timezone.addEventListener("input", () => this.#messages.clearOne("timezone"));
    this.#owner.addEventListener("change", () => this.#drawOwner());
    this.#inputForm = new InputForm({
      dialog: this.#dialog,
      form: this.#form,
      submit: find("cron-submit", HTMLButtonElement),
      cancel: find("cron-cancel", HTMLButtonElement),
      choice: this.#choice,
      data: this.#data,
      messages: this.#messages,
      check: () => this.#check(),
      send: () => this.#send(),
      onShow: (name) => {
        // The preview would say the same below it.
        if (name === "cron") this.#preview.clear();
      },
    });
  }

  /**
   * Offer these types.
   *
   * @param {JobType[]} types
   */
  offerTypes(types) {
    this.#choice.offer(types);
    this.#drawType();
  }

  /**
   * Offer tasks of Trigger.dev that no type is registered for, or no longer.
   *
   * @param {boolean} isOffered
   */
  offerOtherTask(isOffered) {
    if (this.#choice.offerOther(isOffered)) this.#drawType();
  }

  /** Open the dialog. */
  async open() {
    if (this.#dialog.open) return;
    this.#inputForm.clear();
    this.#drawType();
    this.#dialog.showModal();
    this.#choice.focus();
    this.#preview.ask();
    try {
      await this.options.loadTypes();
    } catch (error) {
      this.#inputForm.fail(error);
    }
  }

  /** Let time pass. */
  tick() {
    this.#preview.tick();
  }

  /** Whether Trigger.dev's clock is to fire it, with what that allows. */
  get #isFiredElsewhere() {
    return !this.#owner.hidden && this.#chosenOwner === "TRIGGER_DEV";
  }

  get #chosenOwner() {
    return new FormData(this.#form).get("owner");
  }

  #drawType() {
    const { name, type, isOther } = this.#choice;
    this.#choice.drawChoice();
    this.#owner.hidden = !(isOther || type?.executor === "TRIGGER");
    if (this.#tag.value === this.#suggestedTag) {
      this.#suggestedTag = name;
      this.#tag.value = name;
    }
    this.#drawOwner();
  }

  /** Show what can be chosen with the owner. */
  #drawOwner() {
    const { name, type, isOther } = this.#choice;
    const isElsewhere = this.#isFiredElsewhere;
    this.#ownerHelp.hidden = !isElsewhere;
    this.#policies.hidden = isElsewhere;
    if (isElsewhere || (!type && !isOther)) this.#data.hide();
    else this.#data.show(name, type?.dataSchema ?? {});
    this.#request.draw();
  }

  /** The `ScheduleCronJobInput` that the form stands for. */
  #input() {
    return {
      ...this.#choice.read(),
      tag: this.#tag.value,
      ...(this.#key.value ? { key: this.#key.value } : {}),
      cron: this.#cron.value,
      timezone: this.#timezone.value,
      ...(this.#owner.hidden ? {} : { owner: this.#chosenOwner }),
      ...(this.#isFiredElsewhere
        ? {}
        : {
            overlapPolicy: this.#overlap.value,
            misfirePolicy: this.#misfire.value,
            data: this.#data.shown?.read() ?? null,
          }),
      // The form is for new ones: it must not change one that has the key already.
      ifVersion: 0,
    };
  }

  async #send() {
    const input = this.#input();
    const { scheduleCronJob } = await this.options.api.execute(SCHEDULE_CRON_JOB, {
      input,
    });
    if (scheduleCronJob.schedule) {
      this.#dialog.close();
      this.#reset();
      this.options.onScheduled(scheduleCronJob.schedule);
    } else {
      this.#inputForm.refuse(scheduleCronJob.errors.map((error) => this.#explain(error)));
    }
  }

  /** Show what cannot be right, and return the first of it. */
  #check() {
    const form = this.#inputForm;
    const choice = this.#choice.check();
    const noTag = this.#tag.value ? null : form.show(["tag"], "Say what it is about.");
    const noCron = this.#cron.value ? null : form.show(["cron"], "Say when it fires.");
    return choice ?? noTag ?? noCron ?? this.#data.shown?.check() ?? null;
  }

  /**
   * Say where the form is in the way of a schedule that is there.
   *
   * @param {UserError} error
   * @returns {UserError}
   */
  #explain(error) {
    if (error.code !== "VERSION_CONFLICT") return error;
    const key = this.#key.value || this.#tag.value;
    const message = `There is a schedule with the key ${key} already.`;
    return { ...error, path: ["input", "key"], message };
  }

  /** Forget what another schedule would not have as well. */
  #reset() {
    this.#tag.value = this.#suggestedTag;
    this.#key.value = "";
    this.#cron.value = "";
    this.#preview.clear();
  }
}

/**
 * @param {HTMLSelectElement} select
 * @param {{name: string, label: string}[]} policies
 */
function offer(select, policies) {
  const options = policies.map(({ name, label }) =>
    element("option", { value: name }, label),
  );
  fill(select, ...options);
}
