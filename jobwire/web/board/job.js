/** The job that is open: read it, follow it until it has ended. */

import { EARLIER_EVENTS, JOB_ATTEMPTS, JOB_DETAIL, JOB_UPDATES } from "./documents.js";
import { find } from "../page/dom.js";
import { HistoryView } from "./history.js";
import { JobView } from "./job-view.js";
import { statusLabel } from "./status.js";
import { followJobs } from "./stream.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("./documents.js").Job} Job */
/** @typedef {import("./documents.js").JobDetail} JobDetail */
/** @typedef {import("./documents.js").JobChange} JobChange */

/** From this width on the job stands beside the list, below it covers the page. */
const BESIDE = matchMedia("(min-width: 68rem)");
/** Events that tell nothing new of the attempts. */
const NOT_OF_ATTEMPTS = new Set([
  "DISPATCHED",
  "ORPHAN_ADOPTED",
  "PROGRESS",
  "CANCEL_REQUESTED",
  "CANCEL_ACKNOWLEDGED",
]);

/**
 * @typedef {object} JobPanelOptions
 * @property {import("./api.js").Api} api
 * @property {import("../page/live.js").LiveSocket} socket
 * @property {import("./clock.js").Clock} clock
 * @property {import("./session.js").Session} session
 * @property {import("./row.js").JobActions} actions
 * @property {(text: string) => void} announce
 * @property {(job: Job) => void} onChange The job has changed.
 * @property {() => void} onClose The reader wants it closed.
 */

export class JobPanel {
  #dialog = find("job", HTMLDialogElement);
  #view = new JobView();
  #earlier = find("job-earlier", HTMLButtonElement);
  #history = new HistoryView(find("job-history", HTMLElement), this.#earlier);
  #timeline = new Timeline(find("job-timeline", HTMLElement));
  /** @type {JobDetail | null} */
  #job = null;
  #stop = () => {};

  /** The job that is open or being opened; null: none. @type {string | null} */
  id = null;

  /** @param {JobPanelOptions} options */
  constructor(options) {
    this.options = options;
    const { actions, onClose } = options;
    const onClick = (
      /** @type {string} */ id,
      /** @type {(job: Job) => void} */ act,
    ) => {
      const button = find(id, HTMLButtonElement);
      button.addEventListener("click", () => this.#job && act(this.#job));
    };
    onClick("job-cancel", (job) => actions.cancel(job));
    onClick("job-force", (job) => actions.force(job));
    onClick("job-retry", (job) => actions.retry(job));
    this.#earlier.addEventListener("click", () => this.#loadEarlier());
    find("job-close", HTMLButtonElement).addEventListener("click", onClose);
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      onClose();
    });
    BESIDE.addEventListener("change", () => {
      if (this.#dialog.open) this.#open();
    });
  }

  get job() {
    return this.#job;
  }

  /** Whether the focus is within the panel. */
  get hasFocus() {
    return this.#dialog.contains(document.activeElement);
  }

  /**
   * Open a job.
   *
   * @param {string} id
   * @param {{takesFocus: boolean}} options When it covers the page it always does.
   */
  async show(id, { takesFocus }) {
    const before = document.activeElement;
    this.id = id;
    this.#job = null;
    this.#view.begin();
    this.#open();
    if (takesFocus || this.#isModal) this.#view.focus();
    else if (before instanceof HTMLElement) before.focus();
    await this.load();
  }

  /** Read the job anew, and follow it until it has ended. */
  async load() {
    this.#stop();
    await this.#read(JOB_DETAIL, { withStack: this.#seesStacks }, (job) => {
      this.#view.show(null);
      this.#begin(job);
    });
  }

  close() {
    this.#stop();
    this.id = null;
    this.#job = null;
    this.#dialog.close();
  }

  /**
   * Take in a newer state of the job, if it is this one and newer.
   *
   * @param {Partial<JobDetail> & Job} job
   */
  put(job) {
    if (this.#job?.id !== job.id || job.version <= this.#job.version) return;
    if (job.status !== this.#job.status) {
      this.options.announce(`${job.tag}: ${statusLabel(job.status)}.`);
    }
    this.#job = { ...this.#job, ...job };
    this.#view.draw(this.#job, this.options.clock.now());
    this.#drawTimeline();
  }

  /** Let time pass. */
  tick() {
    if (!this.#job) return;
    this.#view.tick(this.#job, this.options.clock.now());
    if (!this.#job.isTerminal) this.#drawTimeline();
  }

  get #isModal() {
    return this.#dialog.matches(":modal");
  }

  get #seesStacks() {
    return this.options.session.may("ADMIN");
  }

  /** @param {JobDetail} job */
  #begin(job) {
    this.#job = job;
    this.#view.introduce(job);
    this.#view.draw(job, this.options.clock.now());
    this.#history.reset(job.events);
    this.#showAttempts(job.attempts.nodes);
    if (!job.isTerminal) this.#follow(job);
  }

  /** @param {JobDetail} job */
  #follow({ id, asOf }) {
    this.#stop = followJobs(this.options.socket, {
      document: JOB_UPDATES,
      variables: { id },
      cursor: asOf,
      onChange: (change) => this.#apply(change),
      onReset: () => this.load(),
      onFailed: (error) => this.#view.show(error),
      onEnded: () => {},
    });
  }

  /** @param {JobChange} change */
  #apply({ event, job }) {
    this.#history.add(event);
    this.put(job);
    this.options.onChange(job);
    if (NOT_OF_ATTEMPTS.has(event.kind)) return;
    this.#read(JOB_ATTEMPTS, { withStack: this.#seesStacks }, ({ attempts }) =>
      this.#showAttempts(attempts.nodes),
    );
  }

  /** @param {import("./documents.js").Attempt[]} attempts */
  #showAttempts(attempts) {
    this.#view.drawAttempts(attempts);
    this.#timeline.setAttempts(attempts);
    this.#drawTimeline();
  }

  #drawTimeline() {
    if (!this.#job) return;
    const { events } = this.#history;
    this.#timeline.draw(this.#job, events, this.options.clock.now());
  }

  async #loadEarlier() {
    this.#earlier.disabled = true;
    const before = this.#history.earlierThan;
    await this.#read(EARLIER_EVENTS, { before }, ({ events }) => {
      this.#history.prepend(events);
      this.#drawTimeline();
    });
    this.#earlier.disabled = false;
  }

  /**
   * Read of the open job, and forget the answer when another one has been opened since.
   *
   * @param {string} query
   * @param {Record<string, unknown>} variables
   * @param {(job: JobDetail) => void} onRead
   */
  async #read(query, variables, onRead) {
    const { id } = this;
    if (id === null) return;
    try {
      const { job } = await this.options.api.execute(query, { id, ...variables });
      if (id !== this.id) return;
      if (!job) throw new Error("There is no such job, or it is not yours to see.");
      onRead(job);
    } catch (error) {
      if (id === this.id) this.#view.show(error);
    }
  }

  /** Stand beside the list where there is room, else in front of it. */
  #open() {
    if (this.#dialog.open && this.#isModal !== BESIDE.matches) return;
    this.#dialog.close();
    if (BESIDE.matches) this.#dialog.show();
    else this.#dialog.showModal();
  }
}
