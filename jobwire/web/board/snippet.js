/** The request that a form would send, to be sent from elsewhere. */

export const SCHEDULE_JOB_BY_API = `mutation ScheduleJob($input: ScheduleJobInput!) {
  scheduleJob(input: $input) {
    job { id status }
    errors { message code path }
  }
}`;

export const SCHEDULE_CRON_JOB_BY_API = `mutation ScheduleCronJob($input: ScheduleCronJobInput!) {
  scheduleCronJob(input: $input) {
    schedule { id nextRunTimes }
    errors { message code path }
  }
}`;

/**
 * Write the mutation and its variables, as a GraphQL client takes them.
 *
 * @param {string} mutation
 * @param {unknown} input
 */
export function asGraphQL(mutation, input) {
  return `${mutation}\n\n# variables\n${JSON.stringify({ input }, null, 2)}`;
}

/**
 * Write a command line for a POSIX shell.
 *
 * @param {URL} endpoint
 * @param {string} mutation
 * @param {unknown} input
 * @param {boolean} hasToken Whether a token is needed; it is named, never shown.
 */
export function asCurl(endpoint, mutation, input, hasToken) {
  const query = mutation.replace(/\s+/g, " ");
  const body = JSON.stringify({ query, variables: { input } }, null, 2);
  const lines = [
    `curl ${quote(endpoint.href)}`,
    ...(hasToken ? ['-H "Authorization: Bearer $JOBWIRE_TOKEN"'] : []),
    "-H 'Content-Type: application/json'",
    `-d ${quote(body)}`,
  ];
  return lines.join(" \\\n  ");
}

/** @param {string} text */
function quote(text) {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
