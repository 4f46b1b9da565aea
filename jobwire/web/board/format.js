/** Times, durations and numbers as people read them. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const numberFormat = new Intl.NumberFormat("en");
const percentFormat = new Intl.NumberFormat("en", {
  style: "percent",
  maximumFractionDigits: 0,
});
const timeFormat = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});
const momentFormat = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "medium",
  hour12: false,
});
const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const minuteFormat = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const weekdayFormat = new Intl.DateTimeFormat(undefined, {
  weekday: "short",
  day: "numeric",
  month: "short",
});

/** @param {number} value */
export function formatNumber(value) {
  return numberFormat.format(value);
}

/**
 * Say how many there are: "1 job", "2 jobs".
 *
 * @param {number} count
 * @param {string} noun One of them; its plural takes an s.
 */
export function formatCount(count, noun) {
  return `${formatNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * @param {number} fraction From 0 to 1; 100 % is said only of what is complete.
 */
export function formatPercent(fraction) {
  return percentFormat.format(fraction < 1 ? Math.min(fraction, 0.99) : 1);
}

/**
 * Say how long something lasts, in its two largest units: "850 ms", "4.2 s", "3 min 5 s".
 *
 * @param {number} duration In ms; what is below zero counts as zero.
 */
export function formatDuration(duration) {
  const ms = Math.max(0, Math.round(duration));
  if (ms < SECOND) return `${ms} ms`;
  if (ms < 10 * SECOND) return `${Math.floor(ms / 100) / 10} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return twoUnits(ms, MINUTE, "min", SECOND, "s");
  if (ms < DAY) return twoUnits(ms, HOUR, "h", MINUTE, "min");
  return twoUnits(ms, DAY, "d", HOUR, "h");
}

/**
 * Say how long ago something was, in one unit: "now", "12 s", "3 min", "5 h", "2 d".
 *
 * @param {number} duration In ms.
 */
export function formatAge(duration) {
  if (duration < SECOND) return "now";
  if (duration < MINUTE) return `${Math.floor(duration / SECOND)} s`;
  if (duration < HOUR) return `${Math.floor(duration / MINUTE)} min`;
  if (duration < DAY) return `${Math.floor(duration / HOUR)} h`;
  return `${Math.floor(duration / DAY)} d`;
}

/**
 * Say how long it is until something, in one unit: "in 4 min"; what is due is "now".
 *
 * @param {number} duration In ms.
 */
export function formatWait(duration) {
  return duration < SECOND ? "now" : `in ${formatAge(duration)}`;
}

/**
 * @param {number} ms
 * @param {number} large
 * @param {string} largeName
 * @param {number} small
 * @param {string} smallName
 */
function twoUnits(ms, large, largeName, small, smallName) {
  const rest = Math.floor((ms % large) / small);
  const head = `${Math.floor(ms / large)} ${largeName}`;
  return rest === 0 ? head : `${head} ${rest} ${smallName}`;
}

/**
 * The wall-clock time of an instant, to the second, in the reader's zone.
 *
 * @param {number | string} instant
 */
export function formatTime(instant) {
  return timeFormat.format(new Date(instant));
}

/**
 * The wall-clock time of an instant with milliseconds.
 *
 * @param {string} instant
 */
export function formatPreciseTime(instant) {
  const date = new Date(instant);
  const ms = String(date.getMilliseconds()).padStart(3, "0");
  return `${timeFormat.format(date)}.${ms}`;
}

/**
 * Date and time of an instant, in the reader's zone.
 *
 * @param {string} instant
 */
export function formatMoment(instant) {
  return momentFormat.format(new Date(instant));
}

/**
 * The day of an instant, in the reader's zone.
 *
 * @param {string} instant
 */
export function formatDay(instant) {
  return dayFormat.format(new Date(instant));
}

/**
 * Say when something is, to the minute, in the reader's zone: "09:00",
 * "tomorrow 09:00", "Mon, Nov 30, 09:00", and with its year when that is another one.
 *
 * @param {string} instant
 * @param {number} now In ms since 1970.
 */
export function formatAppointment(instant, now) {
  const date = new Date(instant);
  const today = new Date(now);
  const time = minuteFormat.format(date);
  switch (daysBetween(today, date)) {
    case -1:
      return `yesterday ${time}`;
    case 0:
      return time;
    case 1:
      return `tomorrow ${time}`;
  }
  const isThisYear = date.getFullYear() === today.getFullYear();
  return `${(isThisYear ? weekdayFormat : dayFormat).format(date)}, ${time}`;
}

/**
 * The exact instant, in UTC.
 *
 * @param {string} instant
 */
export function formatUtc(instant) {
  return new Date(instant).toISOString().replace(".000Z", "Z");
}

/**
 * How many midnights of the reader's zone lie between two instants.
 *
 * @param {Date} from
 * @param {Date} to
 */
function daysBetween(from, to) {
  const day = (/** @type {Date} */ date) =>
    Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY;
  return day(to) - day(from);
}

/**
 * Read an ISO 8601 duration of days and smaller: "PT30S", "P1DT12H".
 *
 * @param {string} text
 * @returns {number} In ms; 0 when it is none.
 */
export function parseDuration(text) {
  const match =
    /^P(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/.exec(
      text,
    );
  if (!match) return 0;
  const [weeks, days, hours, minutes, seconds] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return (weeks * 7 + days) * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND;
}
