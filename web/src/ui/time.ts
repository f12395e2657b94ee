// Times as people of the reader's place write them.

import { say } from "../words/say";
import { spoken } from "../words/spoken";

/** The time of day. */
export function timeOfDay(time: number): string {
  return spoken().formats.clock.format(time);
}

/** The day of the week and the time of day somewhere else; empty if the browser knows no such time zone. */
export function timeIn(timeZone: string, time: number): string {
  try {
    return new Intl.DateTimeFormat(spoken().locale, { weekday: "short", hour: "numeric", minute: "2-digit", timeZone }).format(time);
  } catch {
    return "";
  }
}

/** Everything, to the second. */
export function wholeTime(time: number): string {
  return spoken().formats.moment.format(time);
}

/** As short as can be, for lists. */
export function shortTime(time: number, now: number): string {
  const { clock, weekday, dayOfYear, date } = spoken().formats;
  const days = daysBetween(time, now);
  if (days <= 0) return clock.format(time);
  if (days < 7) return weekday.format(time);
  return days < 300 ? dayOfYear.format(time) : date.format(time);
}

/** The name of a day: today, yesterday, or its date. */
export function dayName(time: number, now: number): string {
  const { relative, fullDay, date } = spoken().formats;
  const days = daysBetween(time, now);
  if (days >= 0 && days <= 1) {
    const name = relative.format(-days, "day");
    return name.charAt(0).toLocaleUpperCase() + name.slice(1);
  }
  return days > 0 && days < 300 ? fullDay.format(time) : date.format(time);
}

/** When somebody was last there. */
export function lastSeenWords(time: number, now: number): string {
  return lastWords({ now: "seen.now", ago: "seen.ago", at: "seen.at", on: "seen.on" }, time, now);
}

/** When a device was last used. */
export function lastUsedWords(time: number, now: number): string {
  return lastWords({ now: "used.now", ago: "used.ago", at: "used.at", on: "used.on" }, time, now);
}

interface LastPhrases {
  readonly now: "seen.now" | "used.now";
  readonly ago: "seen.ago" | "used.ago";
  readonly at: "seen.at" | "used.at";
  readonly on: "seen.on" | "used.on";
}

/** The rougher the longer ago. */
function lastWords(phrases: LastPhrases, time: number, now: number): string {
  const { clock, relative, dayOfYear, date } = spoken().formats;
  const minutes = Math.floor((now - time) / 60_000);
  if (minutes < 1) return say(phrases.now);
  if (minutes < 60) return say(phrases.ago, { ago: relative.format(-minutes, "minute") });
  const days = daysBetween(time, now);
  if (days <= 1) return say(phrases.at, { day: relative.format(-Math.max(0, days), "day"), time: clock.format(time) });
  return say(phrases.on, { date: (days < 300 ? dayOfYear : date).format(time) });
}

/** How many midnights lie between two times, where the reader is. */
export function daysBetween(time: number, now: number): number {
  return Math.round((midnight(now) - midnight(time)) / 86_400_000);
}

function midnight(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}
