// Links and people in a text, and nothing else.
import { describe, expect, it } from "vitest";
import { textPieces } from "./text-pieces";

function shown(text: string, names: readonly string[] = []): string {
  return textPieces(text, names.map((name) => ({ userId: name, name })))
    .map((piece) => (piece.kind === "words" ? piece.text : `[${piece.kind} ${piece.kind === "link" ? piece.address : piece.text}]`))
    .join("");
}

describe("a text", () => {
  it("has its links, without what belongs to the sentence around them", () => {
    expect(shown("See https://example.org/a?b=c#d.")).toBe("See [link https://example.org/a?b=c#d].");
    expect(shown("(www.example.org/a_(b)), or http://x.test!")).toBe("([link https://www.example.org/a_(b)]), or [link http://x.test/]!");
  });

  it("has no link to anything but the web, nor one that pretends to be another", () => {
    for (const text of ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "blob:https", "//example.org", "https://bank.example@evil.example/", "http://", "ftp://example.org"]) {
      expect(textPieces(text, []).filter(({ kind }) => kind === "link"), text).toEqual([]);
    }
    // A control that turns the direction around ends the address.
    expect(shown("https://example.org/\u202Egnp.exe")).toBe("[link https://example.org/]\u202Egnp.exe");
  });

  it("is whole again when its pieces are put together", () => {
    const text = "a www.x.test b @Ada Lovelace c @Ada d https://y.test/@Ada @Ada";
    const pieces = textPieces(text, [{ userId: "1", name: "Ada" }, { userId: "2", name: "Ada Lovelace" }]);
    expect(pieces.map((piece) => piece.text).join("")).toBe(text);
    expect(pieces.flatMap((piece) => (piece.kind === "mention" ? [piece.userId] : []))).toEqual(["2", "1", "1"]);
  });

  it("names those who are meant, and nobody else", () => {
    expect(shown("Hi @Ben and @Cy!", ["Ben"])).toBe("Hi [mention @Ben] and @Cy!");
    expect(shown("")).toBe("");
  });
});
