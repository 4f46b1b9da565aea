/** How far a job has come, in words. */

export interface Progress {
  /** From 0 to 1. */
  readonly fraction?: number | null | undefined;
  readonly message?: string | null | undefined;
}

const percent = new Intl.NumberFormat("en", { style: "percent" });

export function progressWords({ fraction, message }: Progress): string {
  // 100 % is said only of what is complete.
  const share =
    fraction == null ? "" : percent.format(fraction < 1 ? Math.min(fraction, 0.99) : 1);
  return [share, message].filter(Boolean).join(" · ");
}
