// @vitest-environment node
// The list of conversations, and those it has not told of yet.
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeWorld } from "../../api/fake-world";
import { createApi } from "../../api/transport";
import { ConversationService } from "../../gen/confab/message/v1/conversation_service_pb";
import { MessageService } from "../../gen/confab/message/v1/message_service_pb";
import { unreadCount } from "../../log/log";
import { ME, messageOf, OTHER, sampleHistory } from "../../log/sample";
import { Conversations } from "./conversations";

const history = sampleHistory(3);

let life: AbortController;
let known: string[];
let isDown: boolean;
let lists: number;

function start(): Conversations {
  const transport = createRouterTransport(({ service }) => {
    service(ConversationService, {
      listConversations: ({ pageToken }) => {
        lists += 1;
        if (isDown) throw new ConnectError("down", Code.Unavailable);
        // One on each page.
        const at = Number(pageToken || 0);
        const id = known[at];
        const conversations = id ? [{ conversationId: id, memberIds: [ME, id], headSeq: 3n, lastMessage: messageOf(history[2]!), unreadCount: 0n }] : [];
        return { conversations, nextPageToken: at + 1 < known.length ? String(at + 1) : "" };
      },
      openDirectConversation: ({ userId }) => ({ conversation: { conversationId: `with ${userId}`, memberIds: [ME, userId] } }),
    });
    service(MessageService, { listEvents: () => ({ events: history, headSeq: 3n }) });
  });
  return new Conversations(createApi(transport), ME, new FakeWorld(), life.signal);
}

beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
  known = ["a", "b"];
  isDown = false;
  lists = 0;
});

afterEach(() => {
  life.abort();
  vi.useRealTimers();
});

describe("the conversations", () => {
  it("are read page by page", async () => {
    const conversations = start();
    await conversations.loaded();
    expect([...conversations.store.getState().byId.keys()]).toEqual(["a", "b"]);
    expect(conversations.knownHeads()).toContainEqual({ conversationId: "a", seq: 3n });
  });

  it("are asked for again when the server was down, and say why they are missing", async () => {
    isDown = true;
    const conversations = start();
    const loaded = conversations.loaded();
    await vi.advanceTimersByTimeAsync(10);
    expect(conversations.store.getState()).toMatchObject({ status: "failed", problem: { kind: "unreachable" } });
    isDown = false;
    await vi.advanceTimersByTimeAsync(30_000);
    await loaded;
    expect(conversations.store.getState().status).toBe("ready");
  });

  it("grow by one that somebody else has opened, with one reading for many events", async () => {
    const conversations = start();
    await conversations.loaded();
    lists = 0;
    known = ["a", "b", "c"];
    for (const event of history) conversations.takeEvent({ ...event, conversationId: "c" });
    await vi.advanceTimersByTimeAsync(10);
    expect(conversations.get("c")?.log.upTo).toBe(3n);
    expect(lists).toBe(known.length);
  });

  it("do not ask for ever for one that the list does not have", async () => {
    const conversations = start();
    await conversations.loaded();
    lists = 0;
    conversations.takeEvent({ ...history[0]!, conversationId: "nowhere" });
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(lists).toBeLessThanOrEqual(3 * known.length);
  });

  it("find the one with a person without asking, or open it", async () => {
    const conversations = start();
    await conversations.loaded();
    expect(await conversations.openWith("a")).toBe("a");
    expect(await conversations.openWith(OTHER)).toBe(`with ${OTHER}`);
    expect(conversations.get(`with ${OTHER}`)?.memberIds).toEqual([ME, OTHER]);
  });

  it("know what was read on another device when the list is read again", async () => {
    const conversations = start();
    await conversations.loaded();
    const { log } = conversations.get("a")!;
    conversations.store.setState({ byId: new Map([["a", { ...conversations.get("a")!, log: { ...log, readOrdinal: 0n } }]]) });
    await conversations.load();
    expect(unreadCount(conversations.get("a")!.log)).toBe(0);
  });
});
