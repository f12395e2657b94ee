// Whatever the net does to the events, the log ends as if nothing had happened.
import { describe, expect, it } from "vitest";
import type { Event } from "../gen/confab/message/v1/event_pb";
import * as logs from "./log";
import { ME, messageOf, sampleHistory, seeded } from "./sample";

/** Histories tried; set CONFAB_HISTORIES for more. */
const HISTORIES = Number(import.meta.env.CONFAB_HISTORIES);
const EVENTS_MAX = 60;

describe("a log that hears events lost, repeated and out of order", () => {
  it(`is the same in the end as one that heard them well, ${HISTORIES} times`, () => {
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const random = seeded(seed);
      const history = sampleHistory(Math.floor(random() * EVENTS_MAX));
      const begin = Math.floor(random() * (history.length + 1));
      const heard = play(opened(history, begin), history, random);
      const clean = history.reduce((log, event) => logs.applyEvent(log, event, ME), opened(history, begin));
      expect(logs.addHistory(heard, messages(history)), `seed ${seed}`).toEqual(logs.addHistory(clean, messages(history)));
    }
  });

  it("has no hole at any moment", () => {
    for (let seed = 1; seed <= HISTORIES / 10; seed += 1) {
      const random = seeded(seed);
      const history = sampleHistory(EVENTS_MAX);
      play(opened(history, Math.floor(random() * EVENTS_MAX)), history, random, (log) => {
        const ordinals = log.messages.map(({ ordinal }) => ordinal);
        const first = ordinals[0] ?? 0n;
        expect(ordinals, `seed ${seed}`).toEqual(ordinals.map((_, place) => first + BigInt(place)));
        expect(ordinals.at(-1) ?? 0n, `seed ${seed}`).toBe(log.lastOrdinal);
      });
    }
  });
});

/** A log as it is after reading a list when `count` events had happened. */
function opened(history: readonly Event[], count: number): logs.Log {
  const lastMessage = messages(history.slice(0, count)).at(-1);
  return logs.openLog({ headSeq: BigInt(count), lastMessage, unreadCount: 0n });
}

function messages(history: readonly Event[]) {
  return history.map(messageOf).filter((message) => message !== undefined);
}

/** Lets `log` hear the history through a bad net, and catch up as the client does. */
function play(log: logs.Log, history: readonly Event[], random: () => number, look: (log: logs.Log) => void = () => {}): logs.Log {
  let next = log;
  for (const event of distorted(history, random)) {
    // A page that is asked for now is no older than what is known now.
    const now = Math.max(Number(event.seq), Number(next.head));
    if (random() < 0.1) next = logs.addHistory(next, pageBefore(history, now, random));
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
  const page = history.slice(Number(log.upTo), Math.min(Number(log.upTo) + size, head));
  return page.reduce((next, event) => logs.applyEvent(next, event, ME), log);
}

/** The newest page of ListMessages at a time when `head` events had happened. */
function pageBefore(history: readonly Event[], head: number, random: () => number) {
  return messages(history.slice(0, head))
    .toReversed()
    .slice(0, 1 + Math.floor(random() * 10));
}
