// @vitest-environment node
// What is kept in the browser comes back, within its limits, and is never in the way.
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Conversation } from "../features/conversations/conversation";
import * as logs from "../log/log";
import { ME, sampleHistory } from "../log/sample";
import { KeptDatabase } from "./database";
import { Shelf } from "./shelf";

const history = sampleHistory(400);

let name: string;
let count = 0;
let life: AbortController;

function openShelf(open: () => Promise<KeptDatabase> = () => KeptDatabase.open(name)): Shelf {
  return new Shelf({ open, me: ME, events: new EventTarget() }, life.signal);
}

/** A conversation in which so many events have happened, all of them heard. */
function conversationAt(events: number, id = "c"): Conversation {
  const log = history.slice(0, events).reduce((next, event) => logs.applyEvent(next, event, ME), logs.openLog({ headSeq: 0n, unreadCount: 0n }));
  return { id, kind: 1, memberIds: [ME, "other"], createTime: 1, role: 1, memberCount: 2, description: "", pictureId: "", revision: 1n, muteUntil: 0, isArchived: false, log };
}

function byId(...conversations: Conversation[]): ReadonlyMap<string, Conversation> {
  return new Map(conversations.map((conversation) => [conversation.id, conversation]));
}

async function kept(shelf: Shelf, ...conversations: Conversation[]): Promise<void> {
  for (const conversation of conversations) shelf.keepNow(conversation);
  await shelf.settled();
}

/** The page is left and opened again. */
async function reload(shelf: Shelf): Promise<Shelf> {
  await shelf.settled();
  life.abort();
  life = new AbortController();
  return openShelf();
}

/** Reads everything that is kept of a conversation, page by page. */
async function readBack(shelf: Shelf, { id, log }: Conversation): Promise<logs.Log> {
  let all = log;
  for (let page = await shelf.page(id, all.messages[0]?.seq ?? 0n); page.messages.length > 0; page = await shelf.page(id, all.messages[0]?.seq ?? 0n)) all = logs.addKept(all, page.messages, ME);
  return all;
}

function texts({ messages }: logs.Log): string[] {
  return messages.map(({ text }) => text);
}

beforeEach(() => {
  count += 1;
  name = `shelf ${count}`;
  life = new AbortController();
});

afterEach(() => life.abort());

describe("a shelf", () => {
  it("gives back after a reload what was there when the page was left", async () => {
    const conversation = conversationAt(300);
    const before = openShelf();
    before.noteEpoch("e");
    before.notePeople([{ userId: "ada", name: "Ada" }]);
    await kept(before, conversation);
    const shelf = await reload(before);
    const restored = await shelf.restore();
    expect(restored).toMatchObject({ epoch: "e", people: [{ userId: "ada", name: "Ada" }] });
    const [back] = restored.conversations;
    expect({ ...back, log: undefined }).toEqual({ ...conversation, log: undefined });
    expect(back?.log).toMatchObject({ upTo: 300n, head: 300n, lastOrdinal: conversation.log.lastOrdinal, readOrdinal: conversation.log.readOrdinal });
    expect(texts(await readBack(shelf, back!))).toEqual(texts(conversation.log));
    expect(shelf.store.getState()).toBe("kept");
  });

  it("begins with the end of one conversation if that was read before, and goes on from there", async () => {
    const conversation = conversationAt(400);
    const before = openShelf();
    await kept(before, conversation, conversationAt(300, "d"));
    await reload(before);
    const database = await KeptDatabase.open(name);
    const restored = await database.restore("c");
    const [c, d] = restored.conversations;
    expect(texts(c!.log)).toEqual(texts(conversation.log).slice(-50));
    expect(d!.log.messages).toHaveLength(1);
    expect(restored.begun).toEqual({ id: "c", firstSeq: c!.log.messages[0]!.seq, older: { from: "shelf" } });
    const shelf = new Shelf({ open: async () => database, restored, me: ME, events: new EventTarget() }, life.signal);
    expect(await shelf.restore()).toBe(restored);
    expect(texts(await readBack(shelf, c!))).toEqual(texts(conversation.log));
    // What was read is not kept anew, and nothing of what was not is dropped.
    await kept(shelf, { ...c!, isArchived: true });
    expect(texts(await readBack(shelf, c!))).toEqual(texts(conversation.log));
  });

  it("says nothing of a conversation that is not kept, and begins with none", async () => {
    const before = openShelf();
    await kept(before, conversationAt(1));
    await reload(before);
    const database = await KeptDatabase.open(name);
    for (const id of ["unknown", undefined]) expect((await database.restore(id)).begun).toBeUndefined();
    database.close();
  });

  it("keeps soon what is noted, and forgets what is gone", async () => {
    const shelf = openShelf();
    await shelf.restore();
    shelf.note(byId(conversationAt(20), conversationAt(10, "d")), byId());
    await vi.waitFor(async () => expect((await (await openShelf()).restore()).conversations).toHaveLength(2));
    shelf.note(byId(conversationAt(20)), byId(conversationAt(20), conversationAt(10, "d")));
    const after = await reload(shelf);
    const { conversations } = await after.restore();
    expect(conversations.map(({ id }) => id)).toEqual(["c"]);
    await shelf.settled();
  });

  it("knows where the server's pages go on behind what is kept, and where the beginning is", async () => {
    const shelf = openShelf();
    const conversation = conversationAt(40);
    const late = { ...conversation, log: logs.keepNewest(conversation.log, 10) };
    const oldest = late.log.messages[0]!.seq;
    await kept(shelf, late);
    expect(await shelf.page("c", oldest)).toEqual({ messages: [], older: { from: "server", token: "" } });
    shelf.notePage("c", oldest + 2n, "further down");
    shelf.notePage("c", oldest, "here");
    expect(await shelf.page("c", oldest)).toEqual({ messages: [], older: { from: "server", token: "here" } });
    shelf.notePage("c", oldest, "");
    expect(await shelf.page("c", oldest)).toEqual({ messages: [], older: undefined });
  });

  it("amends what is kept and not held", async () => {
    const shelf = openShelf();
    const conversation = conversationAt(40);
    await kept(shelf, conversation);
    const held = logs.keepNewest(conversation.log, 5);
    const deletion = { ...history[0]!, seq: 41n, kind: { case: "messageDeleted", value: { targetSeq: 1n } } } as (typeof history)[0];
    await kept(shelf, { ...conversation, log: logs.applyEvent(held, deletion, ME) });
    const after = await reload(shelf);
    const [back] = (await after.restore()).conversations;
    const log = await readBack(after, back!);
    expect(log.messages[0]).toMatchObject({ seq: 1n, text: "", isDeleted: true });
    expect(log.messages).toHaveLength(conversation.log.messages.length);
  });

  it("lets the oldest go first when too much is kept", async () => {
    const shelf = openShelf();
    const [first, second] = [conversationAt(300, "old"), conversationAt(400, "new")];
    await kept(shelf, first, second);
    const database = await KeptDatabase.open(name);
    await database.trim(400, 1_000);
    database.close();
    const after = await reload(shelf);
    const back = new Map((await after.restore()).conversations.map((conversation) => [conversation.id, conversation]));
    const lengths = await Promise.all(["old", "new"].map(async (id) => (await readBack(after, back.get(id)!)).messages.length));
    expect(lengths[1]).toBe(second.log.messages.length);
    expect(lengths[0]! + lengths[1]!).toBe(400);
    // The newest are left.
    expect(back.get("old")?.log.messages.at(-1)?.seq).toBe(first.log.messages.at(-1)?.seq);
  });

  it("keeps at most so many of one conversation, also when something becomes of one that went", async () => {
    const shelf = openShelf();
    const conversation = conversationAt(300);
    await kept(shelf, conversation);
    const database = await KeptDatabase.open(name);
    await database.trim(10_000, 100);
    const pinned = { ...history[0]!, seq: 301n, kind: { case: "messagePinned", value: { targetSeq: 1n } } } as (typeof history)[0];
    await kept(shelf, { ...conversation, log: logs.applyEvent(conversation.log, pinned, ME) });
    database.close();
    const after = await reload(shelf);
    const [back] = (await after.restore()).conversations;
    const { messages } = await readBack(after, back!);
    expect(messages.map(({ ordinal }) => ordinal)).toEqual(messages.map((_, place) => messages[0]!.ordinal + BigInt(place)));
    expect(messages[0]).toMatchObject({ seq: 1n, isPinned: true });
  });

  it("of a server whose history is another one begins anew", async () => {
    const shelf = openShelf();
    await kept(shelf, conversationAt(20));
    await shelf.clear();
    expect((await (await reload(shelf)).restore()).conversations).toEqual([]);
  });

  it("is shared by tabs, of which none undoes what another has kept", async () => {
    const [first, second] = [openShelf(), openShelf()];
    await kept(first, conversationAt(30));
    await second.restore();
    await kept(first, conversationAt(40));
    await kept(second, conversationAt(35));
    const after = await reload(first);
    expect((await after.restore()).conversations[0]?.log.upTo).toBe(40n);
  });
});

describe("a browser that keeps nothing", () => {
  it("is no obstacle, and is said to be one", async () => {
    const shelf = openShelf(() => Promise.reject(new DOMException("private", "InvalidStateError")));
    expect(await shelf.restore()).toEqual({ epoch: "", conversations: [], people: [] });
    expect(shelf.store.getState()).toBe("refused");
    await kept(shelf, conversationAt(10));
    expect(await shelf.page("c", 10n)).toEqual({ messages: [], older: { from: "server", token: "" } });
  });

  it("because it is full says so, and goes on once there is room", async () => {
    let isFull = true;
    const shelf = openShelf(async () => {
      const database = await KeptDatabase.open(name);
      const { save } = database;
      database.save = (saving) => (isFull ? Promise.reject(new DOMException("full", "QuotaExceededError")) : save.call(database, saving));
      return database;
    });
    await kept(shelf, conversationAt(10));
    expect(shelf.store.getState()).toBe("full");
    isFull = false;
    await kept(shelf, conversationAt(20));
    expect(shelf.store.getState()).toBe("kept");
    const after = await reload(shelf);
    const [back] = (await after.restore()).conversations;
    expect(texts(await readBack(after, back!))).toEqual(texts(conversationAt(20).log));
  });

  it("does not show later what was changed while it was full", async () => {
    let isFull = false;
    const shelf = openShelf(async () => {
      const database = await KeptDatabase.open(name);
      const { save } = database;
      database.save = (saving) => (isFull ? Promise.reject(new DOMException("full", "QuotaExceededError")) : save.call(database, saving));
      return database;
    });
    const conversation = conversationAt(10);
    await kept(shelf, conversation);
    isFull = true;
    const deletion = { ...history[0]!, seq: 11n, kind: { case: "messageDeleted", value: { targetSeq: 1n } } } as (typeof history)[0];
    const changed = { ...conversation, log: logs.applyEvent(conversation.log, deletion, ME) };
    await kept(shelf, changed);
    isFull = false;
    await kept(shelf, { ...changed, log: logs.keepNewest(changed.log, 2) });
    const after = await reload(shelf);
    const [back] = (await after.restore()).conversations;
    expect(texts(await readBack(after, back!))).toEqual(texts(logs.keepNewest(changed.log, 2)));
  });

  it("stops keeping when it takes the database away, as when another tab logs out", async () => {
    const shelf = openShelf();
    await kept(shelf, conversationAt(10));
    await new Promise((resolve) => Object.assign(indexedDB.deleteDatabase(name), { onsuccess: resolve }));
    await vi.waitFor(() => expect(shelf.store.getState()).toBe("refused"));
    await kept(shelf, conversationAt(20));
    expect((await indexedDB.databases()).map((database) => database.name)).not.toContain(name);
  });

  it("does not keep people waiting for ever when it is slow", async () => {
    vi.useFakeTimers();
    const shelf = openShelf(() => new Promise(() => {}));
    const restored = shelf.restore();
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await restored).conversations).toEqual([]);
    vi.useRealTimers();
  });
});
