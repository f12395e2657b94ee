// What nobody sees of a text, and what becomes of it.
import { cleanup, render } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { piecesOf, withoutUnseen } from "./unseen";
import { Written } from "./written";

/** The text with its marks in brackets. */
function marked(text: string): string {
  return piecesOf(text)
    .map(({ text: words, mark }) => (mark === "" ? words : `[${mark}]`))
    .join("");
}

afterEach(cleanup);

describe("what nobody sees", () => {
  it.each([
    ["safe\u202Efdp.exe", "safe[RLO]fdp.exe"],
    ["a\u202Db\u202Cc", "a[LRO]b[PDF]c"],
    ["a\u2067b", "a[RLI]b"],
    ["a\u2067b\nc\u2069", "a[RLI]b\nc[PDI]"],
    ["a\u202Bb\u2069c", "a[RLE]b[PDI]c"],
    ["pay\u200Bpal", "pay[ZWSP]pal"],
    ["pay\u200Dpal", "pay[ZWJ]pal"],
    ["\uFEFFa\u2060b\u2063", "[BOM]a[WJ]b[U+2063]"],
    ["a\u3164b", "a[U+3164]b"],
    ["a\u0007\u001B[31mb\u007F\u0085", "a[␇][␛][31mb[␡][U+0085]"],
    ["a\0b", "a[␀]b"],
    ["a\rb", "a[␍]b"],
    ["a\u{E0041}b", "a[U+E0041]b"],
    ["\uD83D half", "[U+D83D] half"],
    ["half \uDE00", "half [U+DE00]"],
  ])("is marked in %j", (text, expected) => {
    expect(marked(text)).toBe(expected);
  });

  it.each([
    "Good morning,\n\tBen!\r\n",
    "👩‍👩‍👧‍👦 👩🏽‍🚀 ❤️‍🔥 🏳️‍🌈 🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
    "می‌خواهم",
    "क्‍ष",
    "\u202A+420 777 123 456\u202C",
    "see \u2068שלום\u2069, and \u2067\u2066a\u2069b\u2069",
    "שלום\u200F!",
    "co\u00ADoperate",
  ])("is left alone in %j, where it does what it is for", (text) => {
    expect(marked(text)).toBe(text);
  });

  it("is still there, alone in an element, so that what is copied is what was written", () => {
    const text = "safe\u202Efdp.exe\u202C \u200Band\0more";
    const { container } = render(<Written text={text} />);
    expect(container.textContent).toBe(text);
    expect([...container.querySelectorAll(".unseen")].map((one) => [one.textContent, one.getAttribute("data-mark")])).toEqual([["\u202E", "RLO"], ["\u202C", "PDF"], ["\u200B", "ZWSP"], ["\0", "␀"]]);
  });

  it("is left out where there is no room for marks", () => {
    expect(withoutUnseen("safe\u202Efdp.exe and 👩‍🚀")).toBe("safefdp.exe and 👩‍🚀");
    expect(withoutUnseen("as it is")).toBe("as it is");
  });

  it("costs no more than a long text is long", () => {
    const began = performance.now();
    for (const part of ["\u202E", "\u2067", "a\u200D", "\u2066\u2069", "🏴\u{E0067}", "\u202A\u2069"]) piecesOf(part.repeat(8_000 / part.length));
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
