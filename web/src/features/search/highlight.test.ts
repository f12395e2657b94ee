// What was looked for stands out in what was found.
import { describe, expect, it } from "vitest";
import { highlight, isSearchable } from "./highlight";

function found(text: string, query: string): string {
  return highlight(text, query)
    .map((piece) => (piece.isFound ? `[${piece.text}]` : piece.text))
    .join("");
}

describe("what was found", () => {
  it("has its words stand out, whatever their case and accents", () => {
    expect(found("The Café opens at nine.", "cafe NINE")).toBe("The [Café] opens at [nine].");
  });

  it("is compared by whole words", () => {
    expect(found("Engines and an engine", "engine")).toBe("Engines and an [engine]");
  });

  it("may be part of a sentence where no space stands between words", () => {
    expect(found("私は東京に住んでいます", "東京")).toBe("私は[東京]に住んでいます");
  });

  it("is cut around the first word if it is long", () => {
    const text = `${"before ".repeat(60)}needle ${"after ".repeat(60)}`;
    const shown = found(text, "needle");
    expect(shown.startsWith("…")).toBe(true);
    expect(shown.endsWith("…")).toBe(true);
    expect(shown).toContain("[needle]");
    expect(shown.length).toBeLessThan(180);
  });

  it("is shown from its beginning if no word of it is recognised", () => {
    expect(found("something else", "needle")).toBe("something else");
    expect(found("", "needle")).toBe("");
  });
});

describe("a query", () => {
  it("needs a letter or a digit", () => {
    expect(["", "  ", "?!", "🎉"].some(isSearchable)).toBe(false);
    expect(["a", "7", "東"].every(isSearchable)).toBe(true);
  });
});
