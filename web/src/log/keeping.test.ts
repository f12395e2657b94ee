// What is kept of a log is what the log says, however the page is left and
// taken up again.
import { describe, expect, it } from "vitest";
import type { Event } from "../gen/confab/message/v1/event_pb";
import * as logs from "./log";
import { fromKept, joins, type KeptHead, keepingOf, takeUp } from "./keeping";
import { changingHistory, eventsAt, ME, messagesAt, seeded } from "./sample";

/** Histories tried; set CONFAB_HISTORIES for more. */
const HISTORIES = Number(import.meta.env.CONFAB_HISTORIES);
const EVENTS_MAX = 60;
/** Longer than they take on a busy machine. */
const TIMEOUT_MS = 10_000 + HISTORIES * 20;
const TABS = 2;

/** What the database does, without one. */
class KeptModel {
  head: KeptHead | undefined;
  readonly messages = new Map<bigint, logs.LogMessage>();

  /** Tells whether it was kept. */
  save(log: logs.Log, saved: logs.Log | undefined): boolean {
    const keeping = keepingOf(log, saved, this.head);
    if (!keeping) return false;
    for (const seq of this.messages.keys()) if (seq < keeping.dropBelow) this.messages.delete(seq);
    for (const [seq, change] of keeping.amend) {
      const message = this.messages.get(seq);
      if (message) this.messages.set(seq, logs.changed(message, change, ME));
    }
    for (const message of keeping.put) this.messages.set(message.seq, message);
    this.head = keeping.head;
    return true;
  }

  /** The oldest go first. */
  trim(count: number): void {
    const kept = this.inOrder().slice(-count);
    for (const seq of this.messages.keys()) if (seq < (kept[0]?.seq ?? 0n)) this.messages.delete(seq);
    if (this.head && kept[0]) this.head = { ...this.head, oldestSeq: kept[0].seq };
  }

  page(before: bigint, count: number): readonly logs.LogMessage[] {
    return this.inOrder()
      .filter(({ seq }) => seq < before)
      .slice(-count);
  }

  inOrder(): readonly logs.LogMessage[] {
    return [...this.messages.values()].sort((a, b) => (a.seq < b.seq ? -1 : 1));
  }
}

/** One tab of a browser: what it holds, and what it kept last. */
class Tab {
  log: logs.Log;
  #saved: logs.Log | undefined;

  constructor(
    private readonly kept: KeptModel,
    private readonly history: readonly Event[],
    now: number,
  ) {
    this.log = this.#saved = kept.head ? takeUp(kept.head) : logs.openLog({ headSeq: 0n, unreadCount: 0n });
    if (!kept.head) this.log = logs.openLog({ headSeq: BigInt(now), lastMessage: messagesAt(history, now).at(-1), unreadCount: 0n });
    if (!kept.head) this.#saved = undefined;
    this.log = logs.takeSummary(this.log, { headSeq: BigInt(now), unreadCount: 0n });
  }

  save(): void {
    if (this.kept.save(this.log, this.#saved)) this.#saved = this.log;
  }

  /** Hears of an event; some are lost, and some come again. */
  hear(event: Event, random: () => number): void {
    if (random() < 0.2) return;
    this.log = logs.applyEvent(this.log, event, ME);
    if (random() < 0.1) this.log = logs.applyEvent(this.log, event, ME);
  }

  catchUp(now: number, size: number): void {
    const page = eventsAt(this.history, now).slice(Number(this.log.upTo), Number(this.log.upTo) + size);
    this.log = logs.applyPage(this.log, page, BigInt(now), ME);
  }

  /** Reads what comes before what is held: what is kept, or what the server has. */
  readBack(size: number): void {
    const before = this.log.messages[0]?.seq ?? this.log.upTo + 1n;
    // What another tab kept before this one began is older than what this one knows.
    const page = this.#saved ? this.kept.page(before, size) : [];
    if (page.length > 0 && joins(page, this.log)) this.log = logs.addKept(this.log, page, ME);
    else this.log = logs.addHistory(this.log, messagesAt(this.history, Number(this.log.upTo)).filter(({ seq }) => seq < before).slice(-size), ME);
  }

  /** Nobody looks any more. */
  leave(): void {
    this.save();
    this.log = logs.keepNewest(this.log, 3);
  }
}

function look({ seq, ordinal, text, isEdited, isDeleted, isPinned, reactions }: logs.LogMessage) {
  return [seq, ordinal, text, isEdited, isDeleted, isPinned, reactions.map(({ emoji, count, isMine }) => [emoji, count, isMine])];
}

/** The truth of the newest `count` messages when `head` events had happened. */
function truth(history: readonly Event[], head: number, count: number) {
  if (count === 0) return [];
  return logs.addHistory(logs.openLog({ headSeq: BigInt(head), unreadCount: 0n }), messagesAt(history, head), ME).messages.slice(-count).map(look);
}

/** Two tabs of a browser hear a history badly, are left and opened again, and read back and forth. */
function play(history: readonly Event[], random: () => number, looked: (kept: KeptModel, tab: Tab) => void): { readonly kept: KeptModel; readonly tabs: Tab[] } {
  const kept = new KeptModel();
  const tabs = Array.from({ length: TABS }, () => new Tab(kept, history, Math.floor((history.length * random()) / 2)));
  const begin = Math.min(...tabs.map(({ log }) => Number(log.upTo)));
  for (let now = begin; now < history.length; now += 1) {
    for (const tab of tabs) tab.hear(history[now]!, random);
    const place = Math.floor(random() * TABS);
    const tab = tabs[place]!;
    const chance = random();
    if (chance < 0.3) tab.save();
    else if (chance < 0.5) tab.catchUp(now + 1, 1 + Math.floor(random() * 10));
    else if (chance < 0.7) tab.readBack(1 + Math.floor(random() * 5));
    else if (chance < 0.78) tab.leave();
    else if (chance < 0.85) kept.trim(1 + Math.floor(random() * 10));
    else if (chance < 0.95) tabs[place] = new Tab(kept, history, now + 1);
    looked(kept, tabs[place]!);
  }
  for (const tab of tabs) {
    tab.catchUp(history.length, EVENTS_MAX);
    tab.catchUp(history.length, EVENTS_MAX);
    tab.save();
  }
  return { kept, tabs };
}

describe("what is kept of a log", { timeout: TIMEOUT_MS }, () => {
  it(`is what happened, and so is what every tab shows, ${HISTORIES} times`, () => {
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const random = seeded(seed);
      const history = changingHistory(1 + Math.floor(random() * EVENTS_MAX), random);
      const { kept, tabs } = play(history, random, () => {});
      const messages = kept.inOrder();
      expect(messages.map(look), `seed ${seed}`).toEqual(truth(history, history.length, messages.length));
      expect(kept.head, `seed ${seed}`).toMatchObject({ upTo: BigInt(history.length), lastOrdinal: messages.at(-1)?.ordinal ?? kept.head?.lastOrdinal, oldestSeq: messages[0]?.seq ?? kept.head?.oldestSeq });
      for (const { log } of [...tabs, new Tab(kept, history, history.length)]) expect(log.messages.map(look), `seed ${seed}`).toEqual(truth(history, history.length, log.messages.length));
    }
  });

  it("has no hole at any moment, and neither has what is shown", () => {
    for (let seed = 1; seed <= HISTORIES / 10; seed += 1) {
      const random = seeded(seed);
      play(changingHistory(EVENTS_MAX, random), random, (kept, { log }) => {
        for (const messages of [kept.inOrder(), log.messages]) {
          const ordinals = messages.map(({ ordinal }) => ordinal);
          expect(ordinals, `seed ${seed}`).toEqual(ordinals.map((_, place) => (ordinals[0] ?? 0n) + BigInt(place)));
        }
        expect(kept.inOrder().at(-1)?.ordinal ?? kept.head?.lastOrdinal, `seed ${seed}`).toBe(kept.head?.lastOrdinal);
      });
    }
  });

  it("is only what has changed since it was last kept", () => {
    const history = changingHistory(40, seeded(7));
    const log = history.reduce((next, event) => logs.applyEvent(next, event, ME), logs.openLog({ headSeq: 0n, unreadCount: 0n }));
    const kept = keepingOf(log, undefined, undefined);
    expect(kept?.put).toEqual(log.messages);
    expect(keepingOf(log, log, kept?.head)).toMatchObject({ put: [], dropBelow: 0n, head: kept?.head });
  });

  it("loses what came before, when the reader left and was let in again", () => {
    const history = changingHistory(40, seeded(7));
    const log = history.slice(0, 20).reduce((next, event) => logs.applyEvent(next, event, ME), logs.openLog({ headSeq: 0n, unreadCount: 0n }));
    const kept = keepingOf(log, undefined, undefined);
    const back = logs.takeSummary(log, { headSeq: 30n, unreadCount: 0n, firstSeq: 25n });
    expect(keepingOf(back, log, kept?.head)?.dropBelow).toBeGreaterThanOrEqual(25n);
  });

  it("is left alone when another tab was further", () => {
    const [first, second] = changingHistory(2, seeded(7)).map((_, place, all) => all.slice(0, place + 1).reduce((next, event) => logs.applyEvent(next, event, ME), logs.openLog({ headSeq: 0n, unreadCount: 0n })));
    expect(keepingOf(first!, undefined, keepingOf(second!, undefined, undefined)?.head)).toBeUndefined();
  });

  it("begins anew where messages are missing between what is kept and what is held", () => {
    const history = changingHistory(40, seeded(7));
    const log = history.slice(0, 20).reduce((next, event) => logs.applyEvent(next, event, ME), logs.openLog({ headSeq: 0n, unreadCount: 0n }));
    const kept = keepingOf(log, undefined, undefined);
    const further = logs.keepNewest(history.slice(20).reduce((next, event) => logs.applyEvent(next, event, ME), log), 2);
    expect(keepingOf(further, log, kept?.head)).toMatchObject({ dropBelow: further.messages[0]?.seq, put: further.messages });
  });

  it("begins anew when it is not known any more what became of all that is not held", () => {
    const history = changingHistory(20, seeded(7));
    const log = history.reduce((next, event) => logs.applyEvent(next, event, ME), logs.openLog({ headSeq: 0n, unreadCount: 0n }));
    const kept = keepingOf(log, undefined, undefined);
    const forgetful = { ...log, upTo: 21n, forgotten: 1 };
    expect(keepingOf(forgetful, log, kept?.head)).toMatchObject({ dropBelow: log.messages[0]?.seq, put: log.messages });
  });

  it("has nothing attached where an earlier version of the page kept it", () => {
    const [message] = messagesAt(changingHistory(20, seeded(1)), 20).map(logs.fromMessage);
    const { attachments: _, ...before } = message as logs.LogMessage;
    expect(fromKept(before as logs.LogMessage)).toEqual({ ...before, attachments: [] });
    expect(fromKept(message as logs.LogMessage)).toBe(message);
  });
});
