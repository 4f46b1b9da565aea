/** Which jobs the list shows, as the address says it and as the API is asked for it. */

export const STATUS_CHOICES = {
  all: "All",
  open: "Open",
  running: "Running",
  succeeded: "Succeeded",
  failed: "Failed",
  canceled: "Canceled",
} as const;

export type StatusChoice = keyof typeof STATUS_CHOICES;

export interface Filter {
  readonly status: StatusChoice;
  /** Exact tags, one of which a job must have; none: any tag. */
  readonly tags: readonly string[];
}

/** `JobFilter` of the API. */
interface JobFilter {
  statuses?: ("RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELED")[];
  isTerminal?: boolean;
  tags?: string[];
}

const BY_STATUS: Record<StatusChoice, JobFilter> = {
  all: {},
  open: { isTerminal: false },
  running: { statuses: ["RUNNING"] },
  succeeded: { statuses: ["SUCCEEDED"] },
  failed: { statuses: ["FAILED"] },
  canceled: { statuses: ["CANCELED"] },
};

export function filterOf(search: string): Filter {
  const parameters = new URLSearchParams(search);
  const status = parameters.get("status") ?? "";
  return {
    status: isStatusChoice(status) ? status : "all",
    tags: tagsOf(parameters.get("tag") ?? ""),
  };
}

export function searchOf({ status, tags }: Filter): string {
  const parameters = new URLSearchParams();
  if (status !== "all") parameters.set("status", status);
  if (tags.length > 0) parameters.set("tag", tags.join(","));
  return parameters.toString();
}

export function jobFilterOf({ status, tags }: Filter): JobFilter {
  return { ...BY_STATUS[status], ...(tags.length > 0 && { tags: [...tags] }) };
}

/** Whether the list of a filter holds the job as it is now. */
export function holds(
  filter: Filter,
  job: { readonly status: string; readonly isTerminal: boolean; readonly tag: string },
): boolean {
  const { statuses, isTerminal, tags } = jobFilterOf(filter);
  return (
    (statuses?.some((status) => status === job.status) ?? true) &&
    (isTerminal === undefined || isTerminal === job.isTerminal) &&
    (tags?.includes(job.tag) ?? true)
  );
}

export function tagsOf(text: string): string[] {
  return [...new Set(text.split(",").map((tag) => tag.trim()))].filter(Boolean);
}

export function isStatusChoice(text: string): text is StatusChoice {
  return Object.hasOwn(STATUS_CHOICES, text);
}
