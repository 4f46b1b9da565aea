/** ISO 8601 durations as Jobwire writes them: weeks, days, hours, minutes, seconds. */

const FORM =
  /^P(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/;
const UNITS = [604_800_000, 86_400_000, 3_600_000, 60_000, 1_000];

/** Return a duration in milliseconds; 0 for what is none. */
export function milliseconds(duration: string): number {
  const parts = FORM.exec(duration)?.slice(1) ?? [];
  return parts.reduce((sum, part, at) => sum + Number(part ?? 0) * (UNITS[at] ?? 0), 0);
}
