// @vitest-environment node
// How far the history is read to show a message.
import { describe, expect, it } from "vitest";
import * as logs from "../../log/log";
import { ME, messageOf, sampleHistory } from "../../log/sample";
import { nextStep } from "./use-jump";

const history = sampleHistory(40);
const page = history.slice(20).map(messageOf).filter((message) => message !== undefined);
const log = logs.addHistory(logs.openLog({ headSeq: 40n, lastMessage: page.at(-1)!, unreadCount: 0n }), page, ME);
const READY = { status: "ready", isComplete: false } as const;

describe("a jump to a message", () => {
  it("shows it if it is there, by its place or by its number", () => {
    const { seq, ordinal } = log.messages[3]!;
    expect(nextStep({ seq }, log, READY)).toEqual({ kind: "show", seq });
    expect(nextStep({ ordinal }, log, READY)).toEqual({ kind: "show", seq });
  });

  it("reads older pages, one at a time, until it is", () => {
    expect(nextStep({ seq: 2n }, log, READY).kind).toBe("load");
    expect(nextStep({ ordinal: 2n }, log, { ...READY, status: "loading" }).kind).toBe("wait");
  });

  it("ends when there is nothing older, when that fails, and when no message is there", () => {
    expect(nextStep({ seq: 2n }, log, { ...READY, isComplete: true }).kind).toBe("give-up");
    expect(nextStep({ seq: 2n }, log, { ...READY, status: "failed" }).kind).toBe("give-up");
    // The twenty-fourth event is of a kind that is no message.
    expect(nextStep({ seq: 24n }, log, READY).kind).toBe("give-up");
  });

  it("waits for events that are on their way", () => {
    expect(nextStep({ seq: 45n }, logs.noteHead(log, 50n), READY).kind).toBe("wait");
  });
});
