// What is attached to messages, in words and in colours.
import { describe, expect, it } from "vitest";
import type { Attachment, Kind } from "../../log/attachment";
import { pixelsOf } from "./blurhash";
import { boxOf } from "./picture";
import { attachmentWords, lengthWords, sizeWords, summaryOf } from "./words";

function attachment(kind: Kind, name = "a.png"): Attachment {
  return { mediaId: name, kind, name, contentType: "", size: 1, width: 4, height: 3, blurhash: "" };
}

describe("a message with attachments", () => {
  it("says in a list what they are", () => {
    expect(attachmentWords([attachment("image")])).toBe("Picture");
    expect(attachmentWords([attachment("image"), attachment("image")])).toBe("2 pictures");
    expect(attachmentWords([attachment("image"), attachment("file")])).toBe("2 files");
    expect(attachmentWords([attachment("file", "plan.pdf")])).toBe("File plan.pdf");
    expect(attachmentWords([attachment("audio")])).toBe("Sound");
    expect(summaryOf({ text: "look", attachments: [attachment("image")] })).toBe("Picture: look");
    expect(summaryOf({ text: "look", attachments: [] })).toBe("look");
  });

  it("says how large and how long they are", () => {
    expect([0, 999, 1_500, 2_000_000, 3_400_000_000].map(sizeWords)).toEqual(["0 bytes", "999 bytes", "1.5 kB", "2 MB", "3.4 GB"]);
    expect([900, 61_000, 600_000].map(lengthWords)).toEqual(["0:00", "1:01", "10:00"]);
  });
});

describe("the box of a picture", () => {
  it("is as large before it is there as afterwards, and never without end", () => {
    expect(boxOf({ width: 4000, height: 2000 })).toMatchObject({ width: 320, aspectRatio: "2" });
    expect(boxOf({ width: 100, height: 80 })).toMatchObject({ width: 100, aspectRatio: "1.25" });
    expect(boxOf({ width: 10, height: 10_000 })).toMatchObject({ width: 128, aspectRatio: "0.4" });
    expect(boxOf({ width: 0, height: 0 })).toMatchObject({ width: 320 });
  });
});

describe("a blur", () => {
  it("of one colour is that colour everywhere", () => {
    // 255 red, 128 green, 0 blue, as one number in base 83.
    const pixels = pixelsOf(`00${base83(0xff8000)}`, 2, 2);
    expect([...(pixels ?? [])]).toEqual(Array.from({ length: 4 }, () => [255, 128, 0, 255]).flat());
  });

  it("of two waves goes from light to dark", () => {
    // Two across, one down; as strong as can be, and white minus nothing to the right.
    const pixels = pixelsOf(`1~${base83(0x808080)}${base83(18 * 361 + 18 * 19 + 18, 2)}`, 8, 1) ?? [];
    const reds = Array.from({ length: 8 }, (_, x) => pixels[x * 4] ?? 0);
    expect(reds).toEqual(reds.toSorted((a, b) => b - a));
    expect(new Set(reds).size).toBeGreaterThan(3);
  });

  it("that says nothing is none", () => {
    expect(["", "0", "00ab", "LEHV6nWB2yk8pyo0adR*.7kCMdn", "00ä000"].map((hash) => pixelsOf(hash, 2, 2))).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
});

function base83(value: number, length = 4): string {
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
  return Array.from({ length }, (_, place) => digits[Math.floor(value / 83 ** (length - 1 - place)) % 83]).join("");
}
