/** Documents to begin with; each one runs as it stands, or says what it lacks. */

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

const ID = `# The variables name the newest job. If they say
# job_…, run Schedule, and put its id there.`;

/** @type {Example[]} */
export const EXAMPLES = [
  {
    name: "Schedule",
    document: `# A job that does nothing, in 20 seconds from now.
# Watch it, list it, or cancel it before it runs.
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
    name: "Filter",
    document: `# Jobs of one type that have not ended.
# What a filter leaves out is not asked about.
query Filter($filter: JobFilter!) {
  jobs(first: 20, filter: $filter) {
    nodes { id tag type status runAt isCancelable }
    pageInfo { hasNextPage endCursor }
    asOf
  }
}`,
    variables: () => ({ filter: { types: ["no-op"], isTerminal: false } }),
  },
  {
    name: "Watch one",
    document: `# All that happens to one job; it ends with it.
${ID}
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
    document: `# The newest jobs as they stand, then every change,
# until it is stopped.
subscription WatchAll($filter: JobFilter) {
  jobListUpdates(filter: $filter, snapshot: true) {
${MESSAGES}
  }
}`,
    variables: () => ({ filter: {} }),
  },
  {
    name: "Cancel",
    document: `# Ask that a job ends; one that has ended stays so.
${ID}
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
    name: "Cancel many",
    document: `# Count what would be canceled: dryRun cancels nothing.
# Then say false, and with expectedCount how many you
# have seen: it refuses if there are others by then.
mutation CancelMany($input: CancelJobsInput!) {
  cancelJobs(input: $input) {
    matchedCount
    operation { id status matchedCount succeededCount }
    errors { code message path }
  }
}`,
    variables: () => ({
      input: {
        select: { filter: { types: ["no-op"], isTerminal: false } },
        dryRun: true,
        reason: "Just trying",
      },
    }),
  },
  {
    name: "Cron",
    document: `# A job at three every night. Run it again to change
# the schedule of this key; deleteJobSchedule ends it.
mutation Cron($input: ScheduleCronJobInput!) {
  scheduleCronJob(input: $input) {
    created
    schedule {
      id key cron timezone
      nextRunTimes(count: 3)
    }
    errors { code message path }
  }
}`,
    variables: () => ({
      input: {
        key: "nightly",
        type: "no-op",
        tag: "nightly",
        cron: "0 3 * * *",
        timezone: "Europe/Berlin",
      },
    }),
  },
  {
    name: "Counts",
    document: `# How many jobs stand where. The subscription
# jobCounts tells it live.
query Counts($filter: JobCountsFilter) {
  jobCounts(filter: $filter) {
    total
    byStatus { status count }
    oldestQueuedAt
  }
}`,
    variables: () => ({ filter: {} }),
  },
  {
    name: "Types",
    document: `# What can be scheduled, and with which data.
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
