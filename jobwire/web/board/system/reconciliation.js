/** The reconciliation with Trigger.dev: its last pass, what it found, a pass at request. */

import { find, setText } from "../../page/dom.js";
import { Drifts } from "./drifts.js";
import { buildFindings } from "./findings.js";
import { formatCount } from "../format.js";
import { buildLags } from "./lags.js";
import { buildPass } from "./last-pass.js";
import { Part } from "../part.js";

/** @typedef {import("./state.js").Reconciliation} Reconciliation */
/** @typedef {import("./documents.js").ExecutorState} ExecutorState */
/** @typedef {import("./documents.js").ReconcileReport} ReconcileReport */

const NOW = "Reconcile now";
const UNDER_WAY = "Reconciling…";

/**
 * @typedef {object} ReconciliationOptions
 * @property {import("./actions.js").SystemActions} actions
 * @property {import("../notices.js").Notices} notices
 * @property {() => void} onReport A pass has ended, and can be read.
 * @property {() => void} onMore More drifts are wanted.
 */

export class ReconciliationSection {
  #node = find("reconciliation", HTMLElement);
  #button = find("reconcile", HTMLButtonElement);
  #label = find("reconcile-label", HTMLElement);
  #none = find("no-reconciliation", HTMLElement);
  #pass = new Part(find("last-pass", HTMLElement));
  #findings = new Part(find("findings", HTMLElement));
  #lags = new Part(find("lags", HTMLElement));
  #drifts;

  /** @param {ReconciliationOptions} options */
  constructor(options) {
    this.options = options;
    this.#drifts = new Drifts(options.onMore);
    this.#button.addEventListener("click", () => this.#reconcile());
  }

  /**
   * @param {Reconciliation | null} reconciliation Null: not the reader's to see.
   * @param {ExecutorState | undefined} trigger Trigger.dev as an executor.
   */
  show(reconciliation, trigger) {
    this.#node.hidden = reconciliation === null;
    if (reconciliation === null) return;
    const isThere = trigger?.health !== "NOT_CONFIGURED";
    this.#button.hidden = !isThere;
    this.#none.hidden = isThere;
    setText(
      this.#none,
      `There is nothing to reconcile: no job runs on Trigger.dev. ${trigger?.reason ?? ""}`,
    );
    const { last, oldestUnconfirmed, lags } = reconciliation;
    const isEmpty = last === null && !isThere;
    this.#pass.show(isEmpty ? null : { last, oldestUnconfirmed }, buildPass);
    this.#findings.show(last, buildFindings);
    this.#lags.show(lags, buildLags);
    this.#drifts.show(reconciliation, isThere);
  }

  /** No answer has come: more drifts may be asked for again. */
  allowMore() {
    this.#drifts.allowMore();
  }

  async #reconcile() {
    if (this.#button.ariaDisabled === "true") return;
    this.#setBusy(true);
    this.options.notices.announce(UNDER_WAY);
    const report = await this.options.actions.reconcile();
    this.#setBusy(false);
    if (!report) return;
    this.options.notices.tell(tellPass(report));
    this.options.onReport();
  }

  /** @param {boolean} isBusy The button keeps the focus meanwhile. */
  #setBusy(isBusy) {
    this.#button.ariaDisabled = isBusy ? "true" : null;
    setText(this.#label, isBusy ? UNDER_WAY : NOW);
  }
}

/** @param {ReconcileReport} report */
function tellPass({ error, checkedCount, correctedCount, suspects }) {
  if (error !== null) return "Reconciliation stopped early.";
  const compared = `Compared ${formatCount(checkedCount, "job")}`;
  const corrected =
    correctedCount === 0
      ? "nothing had to be put right."
      : `${formatCount(correctedCount, "job")} had to be put right.`;
  const unknown =
    suspects.length === 0
      ? ""
      : ` Trigger.dev does not know the run of ${formatCount(suspects.length, "job")}.`;
  return `${compared}; ${corrected}${unknown}`;
}
