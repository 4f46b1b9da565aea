import { defineConfig } from "@trigger.dev/sdk";

export default defineConfig({
  // proj_…, from the project's settings in the dashboard of Trigger.dev. It is not an
  // error without: this file is loaded in runs too, where nobody needs it.
  project: process.env.TRIGGER_PROJECT_REF ?? "TRIGGER_PROJECT_REF is not set",
  dirs: ["."],
  // All other files below count as files of tasks.
  ignorePatterns: ["**/test/**"],
  // Seconds of computing; a task or a job may ask for less.
  maxDuration: 3600,
  retries: {
    // Without it jobs with retries would fail at once in `trigger dev`.
    enabledInDev: true,
    // For runs that no job started; a job brings its own, see jobwire.ts.
    default: {
      maxAttempts: 3,
      minTimeoutInMs: 1000,
      maxTimeoutInMs: 10_000,
      factor: 2,
      randomize: true,
    },
  },
});
