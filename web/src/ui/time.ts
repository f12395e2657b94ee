// Times as people of the reader's place write them.

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const fullDay = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** The time of day. */
export function timeOfDay(time: number): string {
  return clock.format(time);
}

/** Everything, to the second. */
export function wholeTime(time: number): string {
  return moment.format(time);
}

/** As short as can be, for lists. */
export function shortTime(time: number, now: number): string {
  const days = daysBetween(time, now);
  if (days <= 0) return clock.format(time);
  if (days < 7) return weekday.format(time);
  return days < 300 ? dayOfYear.format(time) : date.format(time);
}

/** The name of a day: today, yesterday, or its date. */
export function dayName(time: number, now: number): string {
  const days = daysBetween(time, now);
  if (days >= 0 && days <= 1) {
    const name = relative.format(-days, "day");
    return name.charAt(0).toLocaleUpperCase() + name.slice(1);
  }
  return days > 0 && days < 300 ? fullDay.format(time) : date.format(time);
}

/** When somebody was last there. */
export function lastSeenWords(time: number, now: number): string {
  const minutes = Math.floor((now - time) / 60_000);
  if (minutes < 1) return "Last seen just now";
  if (minutes < 60) return `Last seen ${relative.format(-minutes, "minute")}`;
  const days = daysBetween(time, now);
  if (days <= 1) return `Last seen ${relative.format(-Math.max(0, days), "day")} at ${clock.format(time)}`;
  return `Last seen on ${days < 300 ? dayOfYear.format(time) : date.format(time)}`;
}

/** How many midnights lie between two times, where the reader is. */
export function daysBetween(time: number, now: number): number {
  return Math.round((midnight(now) - midnight(time)) / 86_400_000);
}

function midnight(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}
