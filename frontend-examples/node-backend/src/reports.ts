/** The back end's own record of its reports; a table of your database. */

import { graphql } from "./gql/index.ts";
import type { Jobwire } from "./jobwire/index.ts";

export interface Report {
  readonly id: string;
  readonly version: number;
  readonly type: string;
  readonly userId: string;
  readonly status: string;
  readonly failure: { readonly message: string } | null;
  readonly result?: unknown;
}

/** The job type, and the task on Trigger.dev, that makes a report. */
export const REPORT = "process-large-dataset";

const ReportQuery = graphql(`
  query Report($id: ID!) {
    job(id: $id) {
      id
      version
      type
      userId
      status
      failure { message }
      result
    }
  }
`);

export class Reports {
  readonly #jobwire: Jobwire;
  readonly #reports = new Map<string, Report>();

  constructor(jobwire: Jobwire) {
    this.#jobwire = jobwire;
  }

  /** Return a report of a user; null: they have none with this id. */
  async find(id: string, userId: string): Promise<Report | null> {
    const report = this.#reports.get(id) ?? (await this.refresh(id));
    return report?.userId === userId ? report : null;
  }

  /** Keep what is told of a report, unless something newer is known. */
  put({ id, version, type, userId, status, failure, result }: Report): void {
    const known = this.#reports.get(id);
    if (known !== undefined && known.version >= version) return;
    this.#reports.set(id, { id, version, type, userId, status, failure, result });
  }

  /** Read one anew, with its result, which no message carries. */
  async refresh(id: string): Promise<Report | undefined> {
    const { job } = await this.#jobwire.request(ReportQuery, { id });
    if (job?.type === REPORT) this.put(job);
    return this.#reports.get(id);
  }
}
