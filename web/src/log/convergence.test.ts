// Whatever the net does to the events, the log ends as if nothing had happened.
import { describe, expect, it } from "vitest";
import type { Event } from "../gen/confab/message/v1/event_pb";
import * as logs from "./log";
import { changingHistory, eventsAt, ME, messagesAt, seeded } from "./sample";

/** Histories tried; set CONFAB_HISTORIES for more. */
const HISTORIES = Number(import.meta.env.CONFAB_HISTORIES);
const EVENTS_MAX = 60;
/** Longer than they take on a busy machine. */
const TIMEOUT_MS = 10_000 + HISTORIES * 20;

describe("a log that hears events lost, repeated and out of order", { timeout: TIMEOUT_MS }, () => {
  it(`is the same in the end as one that heard them well, ${HISTORIES} times`, () => {
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const random = seeded(seed);
      const history = changingHistory(Math.floor(random() * EVENTS_MAX), random);
      const begin = Math.floor(random() * (history.length + 1));
      const all = messagesAt(history, history.length);
      const heard = logs.addHistory(play(begin, history, random), all, ME);
      const clean = history.reduce((log, event) => logs.applyEvent(log, event, ME), opened(history, begin));
      expect(heard, `seed ${seed}`).toEqual(logs.addHistory(clean, all, ME));
      const truth = all.map(({ seq, text, editTime, deleteTime, pinned, reactions, attachments }) => [seq, text, editTime !== undefined, deleteTime !== undefined, pinned, reactions.map(({ emoji, count, mine }) => [emoji, count, mine]), attachments.map(({ mediaId, size }) => [mediaId, Number(size)])]);
      const shown = heard.messages.map(({ seq, text, isEdited, isDeleted, isPinned, reactions, attachments }) => [seq, text, isEdited, isDeleted, isPinned, reactions.map(({ emoji, count, isMine }) => [emoji, count, isMine]), attachments.map(({ mediaId, size }) => [mediaId, size])]);
      expect(shown, `seed ${seed}`).toEqual(truth);
    }
  });

  it("has no hole at any moment", () => {
    for (let seed = 1; seed <= HISTORIES / 10; seed += 1) {
      const random = seeded(seed);
      const history = changingHistory(EVENTS_MAX, random);
      play(Math.floor(random() * EVENTS_MAX), history, random, (log) => {
        const ordinals = log.messages.map(({ ordinal }) => ordinal);
        const first = ordinals[0] ?? 0n;
        expect(ordinals, `seed ${seed}`).toEqual(ordinals.map((_, place) => first + BigInt(place)));
        expect(ordinals.at(-1) ?? 0n, `seed ${seed}`).toBe(log.lastOrdinal);
      });
    }
  });

  it("never shows again what it has seen deleted", () => {
    for (let seed = 1; seed <= HISTORIES / 10; seed += 1) {
      const random = seeded(seed);
      const history = changingHistory(EVENTS_MAX, random);
      const gone = new Set<bigint>();
      play(Math.floor(random() * EVENTS_MAX), history, random, (log) => {
        for (const { seq, isDeleted, text, attachments } of log.messages) {
          if (isDeleted) gone.add(seq);
          if (gone.has(seq)) expect({ isDeleted, text, attachments }, `seed ${seed}`).toEqual({ isDeleted: true, text: "", attachments: [] });
        }
      });
    }
  });
});

/** A log as it is after reading a list when `count` events had happened. */
function opened(history: readonly Event[], count: number): logs.Log {
  const lastMessage = messagesAt(history, count).at(-1);
  return logs.openLog({ headSeq: BigInt(count), lastMessage, unreadCount: 0n });
}

/** Lets a log that was opened after `begin` events hear the history through a bad net, and catch up as the client does. */
function play(begin: number, history: readonly Event[], random: () => number, look: (log: logs.Log) => void = () => {}): logs.Log {
  let next = opened(history, begin);
  for (const event of distorted(history, random)) {
    const now = Math.max(Number(event.seq), Number(next.head));
    // A page may have been on its way for long, but was asked for after the list was read.
    const asked = begin + Math.floor(random() * (now - begin + 1));
    if (random() < 0.2) next = logs.addHistory(next, pageAt(history, asked, random), ME);
    next = random() < 0.1 ? logs.noteHead(next, event.seq) : logs.applyEvent(next, event, ME);
    if (random() < 0.2) next = repair(next, history, now, random);
    look(next);
  }
  // In the end the head is known: a heartbeat of it is all that is promised.
  next = logs.noteHead(next, BigInt(history.length));
  while (logs.hasGap(next)) next = repair(next, history, history.length, random);
  return next;
}

/** Some events lost, some twice, some late. */
function distorted(history: readonly Event[], random: () => number): readonly Event[] {
  return history
    .flatMap((event) => (random() < 0.2 ? [] : random() < 0.2 ? [event, event] : [event]))
    .map((event) => ({ event, time: Number(event.seq) + random() * 8 }))
    .sort((a, b) => a.time - b.time)
    .map(({ event }) => event);
}

/** One answer of ListEvents, at a time when `head` events had happened. */
function repair(log: logs.Log, history: readonly Event[], head: number, random: () => number): logs.Log {
  const size = 1 + Math.floor(random() * 10);
  const page = eventsAt(history, head).slice(Number(log.upTo), Number(log.upTo) + size);
  return logs.applyPage(log, page, BigInt(head), ME);
}

/** The newest page of ListMessages at a time when `head` events had happened, newest first. */
function pageAt(history: readonly Event[], head: number, random: () => number) {
  return messagesAt(history, head)
    .toReversed()
    .slice(0, 1 + Math.floor(random() * 10));
}
