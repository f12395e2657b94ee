// @vitest-environment node
// What Enter does, and how much may be written.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chooseEnter, enterSends, isSending } from "./enter";
import { charsLeft, NEAR_CHARS, TEXT_CHARS_MAX } from "./limits";

const ENTER = { key: "Enter", shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };

describe("enter", () => {
  it("sends unless one chooses otherwise, and then it does with Ctrl", () => {
    expect(isSending(ENTER, true)).toBe(true);
    expect(isSending({ ...ENTER, shiftKey: true }, true)).toBe(false);
    expect(isSending(ENTER, false)).toBe(false);
    expect(isSending({ ...ENTER, ctrlKey: true }, false)).toBe(true);
    expect(isSending({ ...ENTER, key: "a" }, true)).toBe(false);
  });

  it("is remembered on the device", () => {
    const all = new Map<string, string>();
    const storage = { getItem: (key: string) => all.get(key) ?? null, setItem: (key: string, value: string) => void all.set(key, value), removeItem: (key: string) => void all.delete(key) };
    expect(enterSends(storage)).toBe(true);
    chooseEnter(storage, false);
    expect(enterSends(storage)).toBe(false);
    chooseEnter(storage, true);
    expect([...all]).toEqual([]);
  });
});

describe("a long text", () => {
  it("is warned of in time, by characters and not by units", () => {
    expect(charsLeft("a".repeat(TEXT_CHARS_MAX - NEAR_CHARS - 1))).toBeUndefined();
    expect(charsLeft("a".repeat(TEXT_CHARS_MAX - 3))).toBe(3);
    expect(charsLeft("🎉".repeat(TEXT_CHARS_MAX + 2))).toBe(-2);
    expect(charsLeft("🎉".repeat(TEXT_CHARS_MAX / 2))).toBeUndefined();
  });

  it("may be as long as the contract says", () => {
    const contract = readFileSync("../proto/confab/message/v1/message_service.proto", "utf8");
    const limits = [...contract.matchAll(/string text = \d+ \[[^\]]*max_len = (\d+)/g)].map(([, limit]) => Number(limit));
    expect(new Set(limits)).toEqual(new Set([TEXT_CHARS_MAX]));
  });
});
