// @vitest-environment node
// Every message is sent once, in order, and never lost.
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeWorld } from "../../api/fake-world";
import { createApi } from "../../api/transport";
import { EventSchema, MessageDeletedSchema, MessageEditedSchema } from "../../gen/confab/message/v1/event_pb";
import { MessageSchema } from "../../gen/confab/message/v1/message_pb";
import { MessageService, type SendMessageRequest } from "../../gen/confab/message/v1/message_service_pb";
import { applyEvent, type Log, openLog } from "../../log/log";
import { ME, OTHER } from "../../log/sample";
import { eventOf } from "../conversations/event-of";
import { FakeDoor, FakeKept, fakeUploads, fileOf, refusal } from "../attachments/fake-door";
import { filesBeside, type Uploads } from "../attachments/uploads";
import { FakeBrowser } from "../live/fake-tabs";
import { OpenTabs } from "../live/open-tabs";
import { Outbox, type Outgoing, placeInLog, TRIES_MAX } from "./outbox";
import { Unsent } from "./unsent";

const DOWN = new ConnectError("down", Code.Unavailable);
const REFUSED = new ConnectError("too long", Code.InvalidArgument);

/** Keeps what it is given, unless it is full. */
class FakeStorage {
  readonly values = new Map<string, string>();
  isFull = false;
  get length(): number {
    return this.values.size;
  }
  key = (place: number) => [...this.values.keys()][place] ?? null;
  getItem = (key: string) => this.values.get(key) ?? null;
  setItem = (key: string, value: string) => {
    if (this.isFull) throw new DOMException("full", "QuotaExceededError");
    this.values.set(key, value);
    // Other tabs are told; that this one hears it too does no harm.
    events.dispatchEvent(new Event("storage"));
  };
  removeItem = (key: string) => void this.values.delete(key);
}

let life: AbortController;
let door: FakeDoor;
let kept: FakeKept;
/** Those of the tab that was opened last. */
let uploads: Uploads;
let storage: FakeStorage;
let browser: FakeBrowser;
let events: EventTarget;
let world: FakeWorld;
let tries: SendMessageRequest[];
let stored: Map<string, string>;
/** What the server does with a message, after it may have been stored. */
let answer: (request: SendMessageRequest) => void;
/** When the logs are kept. */
let logKept: Promise<void>;

/** A tab; it lives as long as `tab` says. */
function open(tab = life.signal): Outbox {
  const transport = createRouterTransport(({ service }) => {
    service(MessageService, {
      sendMessage: (request) => {
        tries.push(request);
        answer(request);
        stored.set(request.clientId, request.text);
        return { message: { text: request.text, clientId: request.clientId, seq: BigInt(stored.size) } };
      },
    });
  });
  const unsent = new Unsent({ storage, prefix: "unsent.", tabs: new OpenTabs(browser.locks, tab), events }, tab);
  uploads = fakeUploads(door, kept, world, tab);
  return new Outbox({ api: createApi(transport), onSent: () => {}, onUnauthenticated: async () => {}, unsent, uploads, world, whenKept: () => logKept }, tab);
}

/** The log of a conversation in which `senderId` has said one thing. */
function logWith(senderId: string, clientId: string): Log {
  const message = create(MessageSchema, { conversationId: "c", seq: 1n, ordinal: 1n, senderId, text: "hello", clientId });
  return applyEvent(openLog({ headSeq: 0n, unreadCount: 0n }), eventOf(message), ME);
}

function statuses(outbox: Outbox): string[] {
  return outbox.store.getState().map(({ text, status }) => `${text}: ${status}`);
}

beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
  storage = new FakeStorage();
  door = new FakeDoor();
  kept = new FakeKept();
  browser = new FakeBrowser();
  events = new EventTarget();
  world = new FakeWorld();
  tries = [];
  stored = new Map();
  answer = () => {};
  logKept = Promise.resolve();
});

afterEach(() => {
  life.abort();
  vi.useRealTimers();
});

describe("the outbox", () => {
  it("shows a message at once, and lets it go when the log has it", async () => {
    const outbox = open();
    outbox.send("c", "hello");
    expect(statuses(outbox)).toEqual(["hello: waiting"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses(outbox)).toEqual(["hello: sent"]);
    outbox.prune(({ seq }) => seq);
    expect(statuses(outbox)).toEqual([]);
  });

  it("has nothing unsent when the log is faster than the answer", async () => {
    answer = () => {
      throw DOWN;
    };
    const outbox = open();
    outbox.send("c", "hello");
    const [{ clientId }] = outbox.store.getState() as [Outgoing];
    outbox.prune((message) => placeInLog(message, logWith(OTHER, clientId), ME));
    expect(outbox.hasUnsent).toBe(true);

    outbox.prune((message) => placeInLog(message, logWith(ME, clientId), ME));
    expect(outbox.hasUnsent).toBe(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(storage.values.size).toBe(0);
    expect(tries).toHaveLength(1);
  });

  it("is still shown by a page that is opened before the log is kept that has it, and not sent again", async () => {
    logKept = new Promise(() => {});
    const before = open();
    before.send("c", "hello");
    await vi.advanceTimersByTimeAsync(1);
    before.prune(({ seq }) => seq);
    life.abort();

    life = new AbortController();
    logKept = Promise.resolve();
    const outbox = open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([statuses(outbox), outbox.hasUnsent, tries.length]).toEqual([["hello: sent"], false, 1]);
    outbox.prune((message) => placeInLog(message, logWith(OTHER, "another"), ME));
    await vi.advanceTimersByTimeAsync(1);
    expect([statuses(outbox), storage.values.size]).toEqual([[], 0]);
  });

  it("lets a message go that was edited or deleted before the answer arrived", async () => {
    const outbox = open();
    outbox.send("c", "hello");
    const [{ clientId }] = outbox.store.getState() as [Outgoing];
    const edited = create(EventSchema, { seq: 2n, kind: { case: "messageEdited", value: create(MessageEditedSchema, { targetSeq: 1n, text: "better" }) } });
    const deleted = create(EventSchema, { seq: 3n, kind: { case: "messageDeleted", value: create(MessageDeletedSchema, { targetSeq: 1n }) } });
    const log = [edited, deleted].reduce((next, event) => applyEvent(next, event, ME), logWith(ME, clientId));
    outbox.prune((message) => placeInLog(message, log, ME));
    expect(outbox.hasUnsent).toBe(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(tries).toHaveLength(1);
    expect(statuses(outbox)).toEqual([]);
  });

  it("goes on behind a message that failed when it turns out to be stored", async () => {
    answer = ({ text }) => {
      if (text === "one") throw DOWN;
    };
    const outbox = open();
    outbox.send("c", "one");
    outbox.send("c", "two");
    await vi.advanceTimersByTimeAsync(200_000);
    expect(statuses(outbox)).toEqual(["one: failed", "two: waiting"]);
    outbox.prune(({ text }) => (text === "one" ? 1n : undefined));
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses(outbox)).toEqual(["two: sent"]);
  });

  it("tries again under the same id when the answer is lost", async () => {
    answer = (request) => {
      // Stored, but nobody is told.
      stored.set(request.clientId, request.text);
      if (tries.length < 3) throw DOWN;
    };
    const outbox = open();
    outbox.send("c", "hello");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(tries).toHaveLength(3);
    expect(stored.size).toBe(1);
    expect(statuses(outbox)).toEqual(["hello: sent"]);
  });

  it("sends what is written to one conversation in order, one at a time", async () => {
    answer = ({ text }) => {
      if (text === "one" && tries.length < 3) throw DOWN;
    };
    const outbox = open();
    for (const text of ["one", "two", "three"]) outbox.send("c", text);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([...stored.values()]).toEqual(["one", "two", "three"]);
  });

  it.each([["a person decides", (outbox: Outbox) => outbox.retry(outbox.store.getState()[0]!.clientId)], ["the server is back", (outbox: Outbox) => outbox.resume()]])("gives up after many tries and holds up what was written later, until %s", async (_, goOn) => {
    answer = () => {
      throw DOWN;
    };
    const outbox = open();
    outbox.send("c", "one");
    outbox.send("c", "two");
    await vi.advanceTimersByTimeAsync(200_000);
    expect(statuses(outbox)).toEqual(["one: failed", "two: waiting"]);
    expect(tries).toHaveLength(TRIES_MAX);

    answer = () => {};
    goOn(outbox);
    await vi.advanceTimersByTimeAsync(10);
    expect([...stored.values()]).toEqual(["one", "two"]);
    expect(new Set(tries.map(({ clientId }) => clientId)).size).toBe(2);
  });

  it("goes on behind a message that was refused", async () => {
    answer = ({ text }) => {
      if (text === "bad") throw REFUSED;
    };
    const outbox = open();
    outbox.send("c", "bad");
    outbox.send("c", "good");
    await vi.advanceTimersByTimeAsync(10);
    expect(statuses(outbox)).toEqual(["bad: failed", "good: sent"]);
    outbox.discard(outbox.store.getState()[0]!.clientId);
    expect(statuses(outbox)).toEqual(["good: sent"]);
  });

  it("waits without counting while there is no net, and sends as soon as it returns", async () => {
    world.setNet(false);
    answer = () => {
      if (!world.net) throw DOWN;
    };
    const outbox = open();
    outbox.send("c", "hello");
    await vi.advanceTimersByTimeAsync(30 * 60_000);
    expect(statuses(outbox)).toEqual(["hello: waiting"]);
    world.setNet(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses(outbox)).toEqual(["hello: sent"]);
    expect(stored.size).toBe(1);
  });

  it("survives that its tab is closed, under the same id and with all that belongs to it", async () => {
    answer = () => {
      throw DOWN;
    };
    open().send("c", "hello", { replyToSeq: 7n, mentionIds: ["ada"] });
    await vi.advanceTimersByTimeAsync(1);
    life.abort();

    life = new AbortController();
    answer = () => {};
    const outbox = open();
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses(outbox)).toEqual(["hello: sent"]);
    expect(new Set(tries.map(({ clientId }) => clientId)).size).toBe(1);
    expect(tries.at(-1)).toMatchObject({ replyToSeq: 7n, mentionIds: ["ada"] });
    outbox.prune(({ seq }) => seq);
    await vi.advanceTimersByTimeAsync(1);
    expect(storage.values.size).toBe(0);
  });

  it("leaves what another tab sends to that tab, until it is closed", async () => {
    world.setNet(false);
    const first = new AbortController();
    open(first.signal).send("c", "one");
    const second = open();
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses(second)).toEqual([]);
    expect(second.hasUnsent).toBe(true);

    first.abort();
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses(second)).toEqual(["one: waiting"]);
    world.setNet(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses(second)).toEqual(["one: sent"]);
    expect(tries).toHaveLength(1);
  });

  it("takes over what a tab wrote after this one was opened", async () => {
    world.setNet(false);
    const second = open();
    const first = new AbortController();
    const outbox = open(first.signal);
    for (const text of ["one", "two"]) outbox.send("c", text);
    first.abort();
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses(second)).toEqual(["one: waiting", "two: waiting"]);
  });

  it("knows what would be lost with the tab when the storage is full", async () => {
    storage.isFull = true;
    world.setNet(false);
    const outbox = open();
    outbox.send("c", "hello");
    expect([outbox.hasUnkept, outbox.hasUnsent]).toEqual([true, true]);
    world.setNet(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses(outbox)).toEqual(["hello: sent"]);
    expect([outbox.hasUnkept, outbox.hasUnsent]).toEqual([false, false]);
  });

  it("begins empty when what was kept is damaged", async () => {
    storage.setItem("unsent.1", '{"clientId": 7}');
    storage.setItem("unsent.2", "{{{");
    const outbox = open();
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses(outbox)).toEqual([]);
    expect(outbox.hasUnsent).toBe(false);
  });

  it("sends in every tab what is left where there are no locks, and it is stored once", async () => {
    world.setNet(false);
    open().send("c", "hello");
    life.abort();
    life = new AbortController();
    browser = Object.assign(new FakeBrowser(), { locks: undefined });
    const outboxes = [open(), open()];
    world.setNet(true);
    await vi.advanceTimersByTimeAsync(1);
    for (const outbox of outboxes) expect(statuses(outbox)).toEqual(["hello: sent"]);
    expect(stored.size).toBe(1);
  });
});

/** Chooses files, and returns their ids. */
function choose(...names: string[]): string[] {
  uploads.add("c", names.map((name) => fileOf(name, 3)));
  return filesBeside(uploads.store.getState(), "c").map(({ id }) => id);
}

describe("a message with files", () => {
  it("waits for them, lets others pass, and goes with them in their order", async () => {
    let go: (taken: number) => void = () => {};
    door.answer = () => new Promise((resolve) => (go = resolve));
    const outbox = open();
    outbox.send("c", "with a picture", { fileIds: choose("a.png") });
    outbox.send("c", "after it");
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses(outbox)).toEqual(["with a picture: waiting", "after it: sent"]);
    go(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses(outbox)[0]).toBe("with a picture: sent");
    expect(tries.map(({ attachmentIds }) => attachmentIds)).toEqual([[], ["server a.png 0"]]);
    outbox.prune(() => 1n);
    expect(uploads.store.getState().size).toBe(0);
  });

  it("says why one of them is refused, and takes them along when it is given up", async () => {
    door.answer = () => {
      throw refusal(415, "TYPE_REFUSED", "this is not taken");
    };
    const outbox = open();
    outbox.send("c", "hello", { fileIds: choose("a.png") });
    await vi.advanceTimersByTimeAsync(1);
    const [message] = outbox.store.getState() as [Outgoing];
    expect(message).toMatchObject({ status: "failed", problem: { reason: "TYPE_REFUSED" } });
    outbox.discard(message.clientId);
    expect([uploads.store.getState().size, tries.length]).toEqual([0, 0]);
  });

  it("is sent by another tab when its own is closed", async () => {
    door.answer = () => new Promise(() => {});
    const tab = new AbortController();
    const outbox = open(tab.signal);
    outbox.send("c", "hello", { fileIds: choose("a.png") });
    expect(outbox.hasUnkept).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(outbox.hasUnkept).toBe(false);
    tab.abort();
    await vi.advanceTimersByTimeAsync(1);

    door.answer = () => 3;
    const second = open();
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses(second)).toEqual(["hello: sent"]);
    expect(tries[0]?.attachmentIds).toEqual(["server a.png 0"]);
  });

  it("says so when its files are not kept any more", async () => {
    door.answer = () => new Promise(() => {});
    const tab = new AbortController();
    open(tab.signal).send("c", "hello", { fileIds: choose("a.png") });
    await vi.advanceTimersByTimeAsync(1);
    tab.abort();
    kept.files.clear();
    await vi.advanceTimersByTimeAsync(1);
    const second = open();
    await vi.advanceTimersByTimeAsync(1);
    expect(second.store.getState()[0]).toMatchObject({ status: "failed", problem: { text: "The browser has not kept the files of this message. Please attach them again." } });
  });
});
