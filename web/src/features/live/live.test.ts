// @vitest-environment node
// Tabs share one stream, and none of them misses anything.
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeWorld } from "../../api/fake-world";
import { createApi } from "../../api/transport";
import type { Event } from "../../gen/confab/message/v1/event_pb";
import { ConversationSchema, ConversationService } from "../../gen/confab/message/v1/conversation_service_pb";
import { LiveService, type SubscribeRequest, type SubscribeResponseSchema } from "../../gen/confab/message/v1/live_service_pb";
import { MessageService } from "../../gen/confab/message/v1/message_service_pb";
import type { Restored } from "../../kept/shelf";
import { unreadCount } from "../../log/log";
import { ME, messageOf, OTHER, sampleHistory } from "../../log/sample";
import { Conversations } from "../conversations/conversations";
import { FakeBrowser } from "./fake-tabs";
import { Live } from "./live";

type Frame = MessageInitShape<typeof SubscribeResponseSchema>;

/** A server with one conversation that grows. */
class Server {
  readonly all = sampleHistory(40);
  /** How many of them have happened. */
  head = 5;
  readonly streams: SubscribeRequest[] = [];
  /** What the list waits for; it fails with what that fails with. */
  listing: Promise<void> = Promise.resolve();
  readonly #listeners = new Set<(frame: Frame) => void>();

  readonly api = createApi(
    createRouterTransport(({ service }) => {
      service(ConversationService, {
        listConversations: async () => {
          await this.listing;
          return { conversations: [this.#summary()] };
        },
      });
      service(MessageService, {
        listEvents: ({ afterSeq }) => ({ events: this.all.slice(Number(afterSeq), this.head), headSeq: BigInt(this.head) }),
      });
      service(LiveService, { subscribe: (request, { signal }) => this.#subscribe(request, signal) });
    }),
  );

  /** One more event; whoever listens hears of it, unless it is lost on the way. */
  happen(isLost = false): void {
    const event = this.all[this.head] as Event;
    this.head += 1;
    if (!isLost) this.say({ frame: { case: "event", value: event } });
  }

  say(frame: Frame): void {
    for (const listener of this.#listeners) listener(frame);
  }

  #summary() {
    const happened = this.all.slice(0, this.head);
    const lastMessage = happened.map(messageOf).findLast((message) => message !== undefined);
    return create(ConversationSchema, { conversationId: "c", memberIds: [ME, OTHER], headSeq: BigInt(this.head), lastMessage, unreadCount: 1n });
  }

  async *#subscribe(request: SubscribeRequest, signal: AbortSignal): AsyncGenerator<Frame> {
    this.streams.push(request);
    const known = Number(request.knownHeads[0]?.seq ?? 0n);
    const queue: Frame[] = [{ frame: { case: "ready", value: { epoch: "e" } } }, ...this.all.slice(known, this.head).map((value): Frame => ({ frame: { case: "event", value } }))];
    let wake = () => {};
    const listener = (frame: Frame) => {
      queue.push(frame);
      wake();
    };
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => wake());
    try {
      while (!signal.aborted) {
        for (let frame = queue.shift(); frame; frame = queue.shift()) yield frame;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      this.#listeners.delete(listener);
    }
  }
}

let server: Server;
let browser: FakeBrowser;
let open: AbortController[];

function openTab(kept?: Restored) {
  const life = new AbortController();
  open.push(life);
  const world = new FakeWorld();
  const conversations = new Conversations(server.api, ME, world, life.signal);
  if (kept) conversations.takeUpFrom(kept);
  const tabs = browser.openChannel();
  const live = new Live({ api: server.api, conversations, onUnauthenticated: async () => {}, locks: browser.locks, name: "live", tabs, world }, life.signal);
  life.signal.addEventListener("abort", () => tabs.close());
  void live.run();
  return { conversations, live, close: () => life.abort(), upTo: () => Number(conversations.get("c")?.log.upTo ?? -1n) };
}

beforeEach(() => {
  server = new Server();
  browser = new FakeBrowser();
  open = [];
});

afterEach(() => {
  for (const life of open) life.abort();
});

describe("two tabs of one browser", () => {
  it("have one stream and the same state", async () => {
    const tabs = [openTab(), openTab()];
    for (const { live } of tabs) await vi.waitFor(() => expect(live.connection.getState()).toBe("online"));
    for (let count = 0; count < 10; count += 1) server.happen();
    for (const { upTo } of tabs) await vi.waitFor(() => expect(upTo()).toBe(15));
    expect(server.streams).toHaveLength(1);
  });

  it("go on when the one with the stream is closed, from where they were", async () => {
    const first = openTab();
    const second = openTab();
    await vi.waitFor(() => expect(second.live.connection.getState()).toBe("online"));
    server.happen();
    await vi.waitFor(() => expect(second.upTo()).toBe(6));
    first.close();
    server.happen(true);
    await vi.waitFor(() => expect(server.streams).toHaveLength(2));
    expect(server.streams[1]?.knownHeads[0]?.seq).toBe(6n);
    await vi.waitFor(() => expect(second.upTo()).toBe(7));
  });

  it("miss nothing when one comes later or was asleep", async () => {
    const first = openTab();
    await vi.waitFor(() => expect(first.live.connection.getState()).toBe("online"));
    const second = openTab();
    await vi.waitFor(() => expect(second.live.connection.getState()).toBe("online"));
    server.happen();
    await vi.waitFor(() => expect(first.upTo()).toBe(6));
    // What the other tells is lost on one that sleeps; then it wakes.
    second.conversations.store.setState({ byId: new Map([["c", { ...second.conversations.get("c")!, log: { ...second.conversations.get("c")!.log, upTo: 2n, head: 2n } }]]) });
    second.live.hello();
    await vi.waitFor(() => expect(second.upTo()).toBe(6));
  });

  it("stay online when the list cannot be read that comes beside the stream", async () => {
    const first = openTab();
    await vi.waitFor(() => expect(first.upTo()).toBe(5));
    const kept = { epoch: "e", conversations: [first.conversations.get("c")!], people: [] };
    let fail = (_why: ConnectError) => {};
    server.listing = new Promise((_, reject) => (fail = reject));
    const tabs = [openTab(kept), openTab(kept)];
    first.close();
    for (const { live } of tabs) await vi.waitFor(() => expect(live.connection.getState()).toBe("online"));
    fail(new ConnectError("not now", Code.Unavailable));
    for (const { conversations } of tabs) await vi.waitFor(() => expect(conversations.store.getState().status).toBe("failed"));
    for (const { live } of tabs) expect(live.connection.getState()).toBe("online");
  });

  it("tell each other what has been read", async () => {
    const tabs = [openTab(), openTab()] as const;
    for (const { live } of tabs) await vi.waitFor(() => expect(live.connection.getState()).toBe("online"));
    server.happen();
    server.happen();
    for (const { upTo } of tabs) await vi.waitFor(() => expect(upTo()).toBe(7));
    tabs[0].live.tellRead("c", 7n);
    await vi.waitFor(() => expect(unreadCount(tabs[1].conversations.get("c")!.log)).toBe(0));
  });
});

describe("one tab", () => {
  it("fetches what the stream lost as soon as it hears of more", async () => {
    const tab = openTab();
    await vi.waitFor(() => expect(tab.live.connection.getState()).toBe("online"));
    for (let count = 0; count < 5; count += 1) server.happen(true);
    server.happen();
    await vi.waitFor(() => expect(tab.upTo()).toBe(11));
  });

  it("fetches what the server leaves out", async () => {
    const tab = openTab();
    await vi.waitFor(() => expect(tab.live.connection.getState()).toBe("online"));
    for (let count = 0; count < 20; count += 1) server.happen(true);
    server.say({ frame: { case: "headMoved", value: { conversationId: "c", headSeq: 25n } } });
    await vi.waitFor(() => expect(tab.upTo()).toBe(25));
  });

  it("forgets what it knew when the history is another one", async () => {
    const tab = openTab();
    await vi.waitFor(() => expect(tab.live.connection.getState()).toBe("online"));
    server.head = 2;
    server.say({ frame: { case: "reset", value: { epoch: "restored" } } });
    await vi.waitFor(() => expect(tab.upTo()).toBe(2));
    await vi.waitFor(() => expect(server.streams.at(-1)).toMatchObject({ epoch: "restored", knownHeads: [{ seq: 2n }] }));
  });

  it("forgets a conversation that the server says is gone", async () => {
    const tab = openTab();
    await vi.waitFor(() => expect(tab.live.connection.getState()).toBe("online"));
    server.say({ frame: { case: "gone", value: { conversationId: "c" } } });
    await vi.waitFor(() => expect(tab.conversations.get("c")).toBeUndefined());
  });

  it("skips frames that it does not know", async () => {
    const tab = openTab();
    await vi.waitFor(() => expect(tab.live.connection.getState()).toBe("online"));
    server.say({ frame: { case: undefined }, $unknown: [{ no: 99, wireType: 2, data: new Uint8Array([2, 8, 1]) }] });
    server.happen();
    await vi.waitFor(() => expect(tab.upTo()).toBe(6));
    expect(server.streams).toHaveLength(1);
  });

  it("works for itself where there are no locks", async () => {
    browser = Object.assign(new FakeBrowser(), { locks: undefined });
    const tabs = [openTab(), openTab()];
    for (const { live } of tabs) await vi.waitFor(() => expect(live.connection.getState()).toBe("online"));
    server.happen();
    for (const { upTo } of tabs) await vi.waitFor(() => expect(upTo()).toBe(6));
    expect(server.streams).toHaveLength(2);
  });
});
