/** A moment: its time of day, with the day where that is another one. */

const time = new Intl.DateTimeFormat(undefined, {
  timeStyle: "medium",
  hourCycle: "h23",
});
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const full = new Intl.DateTimeFormat(undefined, {
  dateStyle: "full",
  timeStyle: "long",
  hourCycle: "h23",
});

export function Time({ at }: { at: string }) {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  return (
    <time dateTime={at} title={full.format(date)}>
      {isToday ? "" : `${day.format(date)}, `}
      {time.format(date)}
    </time>
  );
}

/** Write a moment as HH:MM:SS. */
export function timeOfDay(at: number): string {
  return time.format(at);
}
