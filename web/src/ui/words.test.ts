// Initials and times, whatever people are called and whenever they write.
import { describe, expect, it } from "vitest";
import { initials } from "./avatar";
import { dayName, lastSeenWords, shortTime, timeIn } from "./time";

const NOW = new Date(2026, 10, 23, 15, 30).getTime();
const DAY = 86_400_000;
// Whatever the language of the machine is, English is spoken here.
const weekday = new Intl.DateTimeFormat("en", { weekday: "short" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

describe("initials", () => {
  it("are the first letters of the first and the last word", () => {
    expect(initials("Ada Lovelace")).toBe("AL");
    expect(initials("Ana Maria de la Cruz")).toBe("AC");
    expect(initials("plato")).toBe("P");
  });

  it("keep together what a reader takes for one letter", () => {
    expect(initials("👩‍👩‍👧 Family")).toBe("👩‍👩‍👧F");
    expect(initials("é")).toBe("É");
    expect(initials("  ")).toBe("");
  });
});

describe("times", () => {
  it("are told for elsewhere, with the day, unless nobody knows where that is", () => {
    const then = Date.UTC(2026, 10, 23, 15, 30);
    expect(timeIn("Asia/Tokyo", then)).toMatch(/^Tue.* 12:30/);
    expect(timeIn("UTC", then)).toMatch(/^Mon.* 3:30/);
    expect(timeIn("Europe/Atlantis", then)).toBe("");
  });

  it("are as short as can be", () => {
    expect(shortTime(NOW - 3_600_000, NOW)).toMatch(/30/);
    expect(shortTime(NOW - 2 * DAY, NOW)).toBe(weekday.format(NOW - 2 * DAY));
    expect(shortTime(NOW - 30 * DAY, NOW)).toMatch(/24/);
  });

  it("say when somebody was last there, the rougher the longer ago", () => {
    expect(lastSeenWords(NOW - 20_000, NOW)).toBe("Last seen just now");
    expect(lastSeenWords(NOW - 5 * 60_000, NOW)).toMatch(/^Last seen .*5/);
    expect(lastSeenWords(NOW - 3 * 3_600_000, NOW)).toMatch(/30/);
    expect(lastSeenWords(NOW - 30 * DAY, NOW)).toMatch(/^Last seen on .*24/);
  });

  it("name the days that are near", () => {
    expect(dayName(NOW, NOW).toLowerCase()).toBe(relative.format(0, "day").toLowerCase());
    expect(dayName(NOW - DAY, NOW).toLowerCase()).toBe(relative.format(-1, "day").toLowerCase());
    // A clock that is ahead is no reason to invent names.
    expect(dayName(NOW + 3 * DAY, NOW)).toMatch(/26/);
  });
});
