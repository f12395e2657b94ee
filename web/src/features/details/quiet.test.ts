// Mutes, in words.
import { describe, expect, it } from "vitest";
import { QUIET, quietUntil, quietWords } from "./quiet";

const NOW = new Date(2026, 10, 23, 15, 30).getTime();

describe("a mute", () => {
  it("says until when, as exactly as one needs it", () => {
    expect(quietWords(0, NOW)).toBe("");
    expect(quietWords(NOW - 1, NOW)).toBe("");
    expect(quietWords(NOW + 3_600_000, NOW)).toMatch(/^Muted until .*30/);
    expect(quietWords(NOW + 7 * 86_400_000, NOW)).toMatch(/^Muted until .*30.*2026|2026.*30/);
    expect(quietWords(NOW + QUIET.at(-1)!.ms, NOW)).toBe("Muted");
  });

  it("ends before the contract's last year", () => {
    expect(Number(quietUntil(QUIET.at(-1)!.ms, NOW).seconds)).toBeLessThan(Date.UTC(9999, 0) / 1000);
  });
});
