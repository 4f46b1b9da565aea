/** Documents to begin with; each one runs as it stands. */

/**
 * @typedef {object} Example
 * @property {string} name
 * @property {string} document
 * @property {(jobId: string) => Record<string, unknown>} variables Given the newest job.
 * @property {boolean} [needsJob]
 */

const MESSAGES = `    __typename
    ... on JobSnapshot { cursor job { id tag status version } }
    ... on JobChange { cursor event { kind occurredAt } job { id tag status version } }
    ... on StreamCaughtUp { cursor }
    ... on StreamReset { cursor reason }
    ... on StreamClosing { cursor reconnectAfter reason }`;

/** @type {Example[]} */
export const EXAMPLES = [
  {
    name: "Schedule",
    document: `# Accept a job that does nothing, in 20 seconds from now.
# Then watch it, list it, or cancel it before it runs.
mutation Schedule($input: ScheduleJobInput!) {
  scheduleJob(input: $input) {
    job { id tag status runAt }
    errors { code message path }
  }
}`,
    variables: () => ({
      input: { type: "no-op", tag: "hello", when: { delay: "PT20S" } },
    }),
  },
  {
    name: "List",
    document: `# The newest jobs, with what became of them.
query List($first: Int, $filter: JobFilter) {
  jobs(first: $first, filter: $filter) {
    nodes {
      id tag type status createdAt attemptCount
      progress { fraction message }
      failure { kind message }
    }
    pageInfo { hasNextPage endCursor }
    totalCount { value isCapped }
  }
}`,
    variables: () => ({ first: 5, filter: {} }),
  },
  {
    name: "Watch one",
    document: `# Everything that happens to one job; it ends with the job.
subscription WatchOne($id: ID!) {
  jobUpdates(id: $id) {
${MESSAGES}
  }
}`,
    variables: (id) => ({ id }),
    needsJob: true,
  },
  {
    name: "Watch all",
    document: `# The newest jobs as they stand, then every change, until it is stopped.
subscription WatchAll($filter: JobFilter) {
  jobListUpdates(filter: $filter, snapshot: true) {
${MESSAGES}
  }
}`,
    variables: () => ({ filter: {} }),
  },
  {
    name: "Cancel",
    document: `# Ask that a job ends; one that has ended stays as it is.
mutation Cancel($input: CancelJobInput!) {
  cancelJob(input: $input) {
    alreadySettled
    job { id tag status cancellation { outcome reason } }
    errors { code message path }
  }
}`,
    variables: (id) => ({ input: { id, reason: "Just trying" } }),
    needsJob: true,
  },
  {
    name: "Types",
    document: `# What can be scheduled, and the JSON Schema of its data.
query Types {
  jobTypes { name description dataSchema }
  viewer { userId scopes }
}`,
    variables: () => ({}),
  },
];

/** Finds the job that examples are about, after scheduling one. */
export const NEWEST_JOB = "{ jobs(first: 1) { nodes { id } } }";
/** Stands for a job when there is none yet. */
export const NO_JOB = "job_…";
