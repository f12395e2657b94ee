// @vitest-environment node
// How the history is read to show a message.
import { describe, expect, it } from "vitest";
import * as logs from "../../log/log";
import { ME, messageOf, sampleHistory } from "../../log/sample";
import { nextStep, type Target } from "./use-jump";

const history = sampleHistory(40);
const all = history.map(messageOf).filter((message) => message !== undefined);
const page = history.slice(20).map(messageOf).filter((message) => message !== undefined);
const log = logs.addHistory(logs.openLog({ headSeq: 40n, lastMessage: page.at(-1)!, unreadCount: 0n }), page, ME);
const far = logs.openLog({ headSeq: 9_000n, lastMessage: { ...page.at(-1)!, seq: 9_000n, ordinal: 8_000n }, unreadCount: 0n });
const READY = { status: "ready", isComplete: false, isFull: false } as const;

function step(target: Target, of: logs.Log, given: { readonly status: "loading" | "ready" | "failed"; readonly isComplete: boolean; readonly isFull: boolean }, wasOpened = false) {
  return nextStep(target, { messages: of.messages, isLive: true, history: given }, of, wasOpened);
}

describe("a jump to a message", () => {
  it("shows it if it is there, by its place or by its number", () => {
    const { seq, ordinal } = log.messages[3]!;
    expect(step({ seq }, log, READY)).toEqual({ kind: "show", seq });
    expect(step({ ordinal }, log, READY)).toEqual({ kind: "show", seq });
  });

  it("reads older pages, one at a time, until it is, if it is near", () => {
    expect(step({ seq: 2n }, log, READY).kind).toBe("load");
    expect(step({ ordinal: 2n }, log, { ...READY, status: "loading" }).kind).toBe("wait");
  });

  it("opens the history where it is, although it is near, if no more is held", () => {
    expect(step({ seq: 2n }, log, { ...READY, isFull: true }).kind).toBe("open");
    expect(step({ ordinal: 2n }, log, { ...READY, isFull: true }).kind).toBe("open");
  });

  it("opens the history where it is, if it is far, and looks there once", () => {
    expect(step({ seq: 7n }, far, READY)).toEqual({ kind: "open", start: { case: "afterSeq", value: 6n } });
    expect(step({ ordinal: 7n }, far, READY)).toEqual({ kind: "open", start: { case: "fromOrdinal", value: 7n } });
    expect(step({ seq: 7n }, far, READY, true).kind).toBe("give-up");
  });

  it("ends when there is nothing older, when that fails, and when no message is there", () => {
    expect(step({ seq: 2n }, log, { ...READY, isComplete: true }).kind).toBe("give-up");
    expect(step({ seq: 2n }, log, { ...READY, status: "failed" }).kind).toBe("give-up");
    // The twenty-fourth event is of a kind that is no message.
    expect(step({ seq: 24n }, log, READY).kind).toBe("give-up");
  });

  it("waits for events that are on their way", () => {
    expect(step({ seq: 45n }, logs.noteHead(log, 50n), READY).kind).toBe("wait");
  });

  it("leaves what is shown of long ago for what is held", () => {
    const past = { messages: logs.addHistory(logs.openLog({ headSeq: 40n, unreadCount: 0n }), all.slice(0, 5), ME).messages, isLive: false, history: READY };
    expect(nextStep({ seq: log.messages[2]!.seq }, past, log).kind).toBe("close");
    expect(nextStep({ ordinal: log.messages[2]!.ordinal }, past, log).kind).toBe("close");
    expect(nextStep({ seq: 2n }, past, log)).toEqual({ kind: "show", seq: 2n });
  });
});

describe("a jump to a day", () => {
  const at = (seq: bigint) => (1_700_000_000 + Number(seq)) * 1_000;

  it("shows the first message since then, or the newest if there is none", () => {
    const { seq } = log.messages[3]!;
    expect(step({ time: at(seq) - 1 }, log, READY)).toEqual({ kind: "show", seq });
    expect(step({ time: at(1_000n) }, log, READY)).toEqual({ kind: "show", seq: log.messages.at(-1)!.seq });
  });

  it("asks where that is if it is before what is there, unless that is everything", () => {
    const first = log.messages[0]!;
    expect(step({ time: at(first.seq) - 5_000 }, log, READY).kind).toBe("open");
    expect(step({ time: at(first.seq) - 5_000 }, log, { ...READY, isComplete: true })).toEqual({ kind: "show", seq: first.seq });
    expect(step({ time: at(first.seq) - 5_000 }, log, READY, true)).toEqual({ kind: "show", seq: first.seq });
  });
});
