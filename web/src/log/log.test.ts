// The rules of the log, one by one.
import { describe, expect, it } from "vitest";
import * as logs from "./log";
import { ME, messageOf, OTHER, sampleHistory } from "./sample";

const EMPTY = logs.openLog({ headSeq: 0n, unreadCount: 0n });
const history = sampleHistory(12);

function after(count: number, log = EMPTY): logs.Log {
  return history.slice(0, count).reduce((next, event) => logs.applyEvent(next, event, ME), log);
}

describe("a log", () => {
  it("takes events in, in order", () => {
    const log = after(3);
    expect(log.upTo).toBe(3n);
    expect(log.messages.map(({ text }) => text)).toEqual(["text 1", "text 2", "text 3"]);
  });

  it("does not change when an event comes again", () => {
    const log = after(5);
    for (const event of history.slice(0, 5)) expect(logs.applyEvent(log, event, ME)).toBe(log);
  });

  it("shows nothing from beyond a gap until the gap is closed", () => {
    const gap = logs.applyEvent(after(2), history[5]!, ME);
    expect(gap.messages).toHaveLength(2);
    expect(logs.hasGap(gap)).toBe(true);
    const closed = history.slice(2, 5).reduce((next, event) => logs.applyEvent(next, event, ME), gap);
    expect(logs.hasGap(closed)).toBe(false);
    expect(closed).toEqual(after(6));
  });

  it("skips kinds of events that it does not know", () => {
    expect(after(4).upTo).toBe(4n);
    expect(after(4).messages).toEqual(after(3).messages);
  });

  it("keeps a bounded number of events from beyond a gap", () => {
    const many = sampleHistory(logs.EARLY_MAX + 50).slice(1);
    const log = many.reduce((next, event) => logs.applyEvent(next, event, ME), EMPTY);
    expect(log.early.size).toBe(logs.EARLY_MAX);
    expect(log.head).toBe(BigInt(logs.EARLY_MAX + 50));
  });

  it("takes history in without duplicates, and leaves what is newer than its events to the events", () => {
    const log = after(6, logs.openLog({ headSeq: 5n, lastMessage: messageOf(history[4]!)!, unreadCount: 0n }));
    const page = history.map(messageOf).filter((message) => message !== undefined);
    const next = logs.addHistory(log, page.toReversed());
    expect(next.messages.map(({ seq }) => seq)).toEqual([1n, 2n, 3n, 5n, 6n]);
    expect(next.head).toBe(11n);
  });

  it("forgets all but the newest when asked", () => {
    expect(logs.keepNewest(after(6), 2).messages.map(({ seq }) => seq)).toEqual([5n, 6n]);
  });
});

describe("what is unread", () => {
  it("is what others said since one last read or wrote", () => {
    expect(logs.unreadCount(after(2))).toBe(2);
    // The third is ours.
    expect(logs.unreadCount(after(3))).toBe(0);
    expect(logs.unreadCount(after(5))).toBe(1);
  });

  it("begins with what the server says", () => {
    const log = logs.openLog({ headSeq: 5n, lastMessage: messageOf(history[4]!)!, unreadCount: 3n });
    expect(logs.unreadCount(log)).toBe(3);
  });

  it("goes down when read, and never up again by an older mark", () => {
    const log = logs.markRead(after(2), 2n);
    expect(logs.unreadCount(log)).toBe(0);
    expect(logs.markRead(log, 1n)).toBe(log);
  });

  it("counts messages, not events", () => {
    const log = logs.markRead(after(5), 4n);
    expect(logs.unreadCount(log)).toBe(1);
    expect(log.messages.at(-1)?.senderId).toBe(OTHER);
  });
});
