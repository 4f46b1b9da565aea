/** The system view: whether all is well, read again and again while it is shown. */

import { UnauthenticatedError } from "../api.js";
import { find, setText } from "../../page/dom.js";
import { tickAgo } from "./ago.js";
import { ExecutorCard } from "./executor-card.js";
import { formatTime } from "../format.js";
import { NotificationsSection } from "./notifications.js";
import { Part } from "../part.js";
import { Poll } from "../poll.js";
import { QueuesSection } from "./queues.js";
import { ReconciliationSection } from "./reconciliation.js";
import { Rows } from "../rows.js";
import { SystemActions } from "./actions.js";
import { SystemReading } from "./reading.js";
import { withNotification, withQueue } from "./state.js";
import { buildVerdict, findTroubles } from "./verdict.js";

/** @typedef {import("./documents.js").ExecutorState} ExecutorState */
/** @typedef {import("./state.js").SystemState} SystemState */

/** How long a reading stands before the next one, in ms. */
const READ_EVERY = 15_000;
/** How many drifts are shown at first, and added by each request for more. */
const PAGE = 20;

/**
 * @typedef {object} SystemOptions
 * @property {import("../api.js").Api} api
 * @property {import("../clock.js").Clock} clock
 * @property {import("../notices.js").Notices} notices
 * @property {() => Promise<boolean>} isAdmin Whether the reader is one.
 */

export class System {
  #view = find("view-system", HTMLElement);
  #title = find("system-title", HTMLElement);
  #problem = find("system-error", HTMLElement);
  #loading = find("system-loading", HTMLElement);
  #parts = find("system-parts", HTMLElement);
  #adminsOnly = find("admins-only", HTMLElement);
  #verdict = new Part(find("system-verdict", HTMLElement));
  #executors = new Rows(
    find("executor-cards", HTMLElement),
    (/** @type {ExecutorState & {id: string}} */ _) => new ExecutorCard(),
  );
  #queues;
  #notifications;
  #reconciliation;
  #reading;
  #poll;
  /** @type {SystemState | null} */
  #state = null;
  /** When the server has told last, in ms since 1970. */
  #readAt = 0;
  #wantedDrifts = PAGE;
  /** The link that was followed last. @type {HTMLElement | null} */
  #followed = null;

  /** @param {SystemOptions} options */
  constructor(options) {
    const { api, clock, notices } = options;
    const actions = new SystemActions(api, notices);
    this.clock = clock;
    this.#reading = new SystemReading(api);
    this.#queues = new QueuesSection(actions, (queue) =>
      this.#change((state) => withQueue(state, queue)),
    );
    this.#notifications = new NotificationsSection(actions, (sent) =>
      this.#change((state) => withNotification(state, sent)),
    );
    this.#reconciliation = new ReconciliationSection({
      actions,
      notices,
      onReport: () => this.refresh(),
      onMore: () => {
        this.#wantedDrifts += PAGE;
        this.refresh();
      },
    });
    this.#poll = new Poll({
      every: READ_EVERY,
      read: async () => this.#reading.read(await options.isAdmin(), this.#wantedDrifts),
      onRead: (state) => this.#take(state),
      onFailed: (error) => this.#fail(error),
    });
    this.#view.addEventListener("click", ({ target }) => {
      this.#followed = target instanceof Element ? target.closest("a") : null;
    });
  }

  /** Show it, and keep it right. */
  show() {
    this.#poll.start();
  }

  /** Read no more until it is shown again. */
  hide() {
    this.#poll.stop();
  }

  /** Begin anew: what was shown was another reader's. */
  reset() {
    this.#state = null;
    this.#wantedDrifts = PAGE;
    this.#reading.reset();
    this.#tell("");
    this.#draw();
  }

  /** Read now. */
  refresh() {
    this.#poll.now();
  }

  /** Focus the title. */
  focus() {
    this.#title.focus();
  }

  /**
   * Focus the link by which a job was opened, or another one to it.
   *
   * @param {string} id
   */
  focusJob(id) {
    const links = [...this.#view.querySelectorAll("a")].filter((link) =>
      link.hash.endsWith(`/${id}`),
    );
    const link = links.find((one) => one === this.#followed) ?? links[0];
    (link ?? this.#title).focus();
  }

  /** Let time pass. */
  tick() {
    if (!this.#view.hidden) tickAgo(this.#view, this.clock.present());
  }

  /**
   * Show what an own write has made of a part.
   *
   * @param {(state: SystemState) => SystemState} change
   */
  #change(change) {
    if (this.#state) this.#put(change(this.#state));
    this.refresh();
  }

  /** @param {SystemState} state */
  #take(state) {
    this.#readAt = this.clock.present();
    this.#tell("");
    this.#put(state);
  }

  /** @param {SystemState} state */
  #put(state) {
    this.#state = state;
    this.#draw();
  }

  /** @param {unknown} error */
  #fail(error) {
    const message = error instanceof Error ? error.message : String(error);
    const shown = this.#state ? `Shown as of ${formatTime(this.#readAt)}.` : "";
    this.#tell(
      [message, shown, "It is read again by itself."].filter(Boolean).join(" "),
    );
    this.#reconciliation.allowMore();
    this.#draw();
    if (error instanceof UnauthenticatedError) this.#poll.stop();
  }

  /** @param {string} problem Empty: all was read. */
  #tell(problem) {
    this.#problem.hidden = problem === "";
    setText(this.#problem, problem);
  }

  #draw() {
    const state = this.#state;
    this.#loading.hidden = state !== null || !this.#problem.hidden;
    this.#parts.hidden = state === null;
    this.#verdict.show(state && findTroubles(state), buildVerdict);
    if (state === null) return;
    const now = this.clock.present();
    const { executors, isAdmin } = state;
    const trigger = executors.find(({ executor }) => executor === "TRIGGER");
    this.#executors.draw(
      executors.map((one) => ({ ...one, id: one.executor })),
      now,
    );
    this.#reconciliation.show(state.reconciliation, trigger);
    this.#queues.show(state.queues, isAdmin, now);
    this.#notifications.show(state.notifications, now);
    this.#adminsOnly.hidden = isAdmin;
    this.tick();
  }
}
