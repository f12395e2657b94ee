// @vitest-environment node
// How large a picture is looked at, which part of it, and which ones.
import { describe, expect, it } from "vitest";
import type { LogMessage } from "../../log/log";
import { moved, SCALE_MAX, UNTOUCHED, zoomed } from "./look";
import { picturesOf } from "./pictures";

const WINDOW = { width: 100, height: 100 };

describe("a picture that is looked at", () => {
  it("is never smaller than the window, nor larger than makes sense", () => {
    expect(zoomed(UNTOUCHED, 0.5)).toEqual(UNTOUCHED);
    expect(zoomed({ scale: 2, x: 9, y: 9 }, 0.4)).toEqual(UNTOUCHED);
    expect(zoomed(UNTOUCHED, 100).scale).toBe(SCALE_MAX);
  });

  it("stays in sight, and where one looked when it grows", () => {
    const close = zoomed(UNTOUCHED, 3);
    expect(moved(UNTOUCHED, 50, 50, WINDOW)).toEqual(UNTOUCHED);
    expect(moved(close, 1_000, -1_000, WINDOW)).toEqual({ scale: 3, x: 100, y: -100 });
    expect(zoomed(moved(close, 30, 0, WINDOW), 2)).toEqual({ scale: 6, x: 60, y: 0 });
  });

  it("stands among those of the conversation, or of its message if that is not held", () => {
    const message = (seq: bigint) => ({ seq, attachments: [{ mediaId: `${seq}`, kind: "image" }, { mediaId: `file ${seq}`, kind: "file" }] }) as unknown as LogMessage;
    const held = [message(5n), message(6n)];
    expect(picturesOf(held, message(5n)).map(({ mediaId }) => mediaId)).toEqual(["5", "6"]);
    expect(picturesOf(held, message(1n)).map(({ mediaId }) => mediaId)).toEqual(["1"]);
  });
});
