// @vitest-environment node
// The list of conversations, and those it has not told of yet.
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeWorld } from "../../api/fake-world";
import { createApi } from "../../api/transport";
import { ConversationKind, type ConversationSchema, ConversationService } from "../../gen/confab/message/v1/conversation_service_pb";
import { type Event, EventSchema, GroupCreatedSchema, MemberLeftSchema, MembersJoinedSchema, MessageSentSchema } from "../../gen/confab/message/v1/event_pb";
import { MessageSchema } from "../../gen/confab/message/v1/message_pb";
import { MessageService } from "../../gen/confab/message/v1/message_service_pb";
import { unreadCount } from "../../log/log";
import { ME, messageOf, OTHER, sampleHistory } from "../../log/sample";
import { Conversations } from "./conversations";

const history = sampleHistory(3);

let life: AbortController;
let known: string[];
let isDown: boolean;
let lists: number;
/** Of what GetConversation was asked. */
let asked: string[];
/** What the list says of a conversation beside what it says of all. */
let listed: Map<string, MessageInitShape<typeof ConversationSchema>>;
/** What ListEvents answers. */
let caughtUp: Event[];

/** Those with a title are groups. */
function kindOf(id: string): ConversationKind {
  return listed.get(id)?.profile ? ConversationKind.GROUP : ConversationKind.DIRECT;
}

function happens(conversations: Conversations, seq: bigint, kind: Event["kind"], conversationId = "a"): void {
  conversations.takeEvent(create(EventSchema, { conversationId, seq, actorId: OTHER, kind }));
}

function start(): Conversations {
  const transport = createRouterTransport(({ service }) => {
    service(ConversationService, {
      listConversations: ({ pageToken, archived }) => {
        if (archived) return { conversations: [] };
        lists += 1;
        if (isDown) throw new ConnectError("down", Code.Unavailable);
        // One on each page.
        const at = Number(pageToken || 0);
        const id = known[at];
        const conversations = id ? [{ conversationId: id, kind: kindOf(id), memberIds: [ME, id], headSeq: 3n, lastMessage: messageOf(history[2]!), unreadCount: 0n, ...listed.get(id) }] : [];
        return { conversations, nextPageToken: at + 1 < known.length ? String(at + 1) : "" };
      },
      getConversation: ({ conversationId }) => {
        asked.push(conversationId);
        if (!known.includes(conversationId)) throw new ConnectError("not a member", Code.NotFound);
        return { conversation: { conversationId, kind: kindOf(conversationId), memberIds: [ME], headSeq: 3n, ...listed.get(conversationId) } };
      },
      openDirectConversation: ({ userId }) => ({ conversation: { conversationId: `with ${userId}`, kind: ConversationKind.DIRECT, memberIds: [ME, userId] } }),
    });
    service(MessageService, {
      listEvents: ({ conversationId }) => {
        if (!known.includes(conversationId)) throw new ConnectError("not a member", Code.NotFound);
        return { events: caughtUp, headSeq: caughtUp.at(-1)?.seq ?? 0n };
      },
    });
  });
  return new Conversations(createApi(transport), ME, new FakeWorld(), life.signal);
}

beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
  known = ["a", "b"];
  isDown = false;
  lists = 0;
  asked = [];
  listed = new Map();
  caughtUp = history;
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

  it("grow by all that others open one after the other, also by the last", async () => {
    const conversations = start();
    await conversations.loaded();
    for (const id of ["c", "d", "e"]) {
      const before = lists;
      conversations.takeEvent({ ...history[0]!, conversationId: id });
      // The reading that follows does not have it yet, only the one before it.
      while (lists === before) await vi.advanceTimersByTimeAsync(100);
      await vi.advanceTimersByTimeAsync(10);
      known = [...known, id];
    }
    await vi.advanceTimersByTimeAsync(60_000);
    expect([...conversations.store.getState().byId.keys()]).toEqual(["a", "b", "c", "d", "e"]);
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

  it("take no group of two for the conversation with a person", async () => {
    listed.set("a", { profile: { title: "Looms" } });
    const conversations = start();
    await conversations.loaded();
    expect(conversations.get("a")?.log.title).toBe("Looms");
    expect(await conversations.openWith("a")).toBe("with a");
  });

  it("lose one when one is removed from it, and have it again when one is back", async () => {
    const conversations = start();
    await conversations.loaded();
    known = ["b"];
    happens(conversations, 4n, { case: "memberLeft", value: create(MemberLeftSchema, { memberId: ME }) });
    expect(conversations.get("a")).toBeUndefined();
    lists = 0;
    happens(conversations, 4n, { case: "memberLeft", value: create(MemberLeftSchema, { memberId: ME }) });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lists).toBe(0);

    known = ["a", "b"];
    listed.set("a", { headSeq: 9n, firstSeq: 9n, lastMessage: undefined, profile: { title: "Looms" } });
    happens(conversations, 9n, { case: "membersJoined", value: create(MembersJoinedSchema, { memberIds: [ME] }) });
    await vi.advanceTimersByTimeAsync(10);
    expect(conversations.get("a")?.log).toMatchObject({ upTo: 9n, head: 9n, messages: [] });
  });

  it("keep one when somebody else leaves", async () => {
    const conversations = start();
    await conversations.loaded();
    happens(conversations, 4n, { case: "memberLeft", value: create(MemberLeftSchema, { memberId: OTHER }) });
    expect(conversations.get("a")?.log.upTo).toBe(4n);
  });

  it("lose one that a reading under way would bring back", async () => {
    const conversations = start();
    await conversations.loaded();
    const reading = conversations.load();
    happens(conversations, 4n, { case: "memberLeft", value: create(MemberLeftSchema, { memberId: ME }) });
    await reading;
    known = ["b"];
    await vi.advanceTimersByTimeAsync(10);
    expect([...conversations.store.getState().byId.keys()]).toEqual(["b"]);
  });

  it("lose what the list has no more, but not what happened while it was read", async () => {
    const conversations = start();
    await conversations.loaded();
    known = [];
    const reading = conversations.load();
    conversations.takeEvent({ ...sampleHistory(4)[3]!, conversationId: "b" });
    await reading;
    expect([...conversations.store.getState().byId.keys()]).toEqual(["b"]);
  });

  it("lose one whose missing events are not ours to see", async () => {
    const conversations = start();
    await conversations.loaded();
    known = ["b"];
    conversations.takeHeads(new Map([["a", 7n]]));
    await vi.advanceTimersByTimeAsync(10);
    expect(conversations.get("a")).toBeUndefined();
  });

  it("go on from where one joined again, without asking for what lies between", async () => {
    const conversations = start();
    await conversations.loaded();
    caughtUp = sampleHistory(12).slice(8);
    conversations.takeHeads(new Map([["a", 12n]]));
    await vi.advanceTimersByTimeAsync(10);
    expect(conversations.get("a")?.log).toMatchObject({ upTo: 12n, head: 12n });
    expect(conversations.get("a")?.log.messages.map(({ seq }) => seq)).toEqual([9n, 10n, 11n]);
  });

  it("grow by a group that others have begun", async () => {
    const conversations = start();
    await conversations.loaded();
    known = ["g", "a", "b"];
    listed.set("g", { headSeq: 1n, firstSeq: 1n, lastMessage: undefined, profile: { title: "Looms" } });
    happens(conversations, 1n, { case: "groupCreated", value: create(GroupCreatedSchema, { profile: { title: "Looms" }, memberIds: [ME] }) }, "g");
    await vi.advanceTimersByTimeAsync(10);
    expect(conversations.get("g")).toMatchObject({ kind: ConversationKind.GROUP, log: { title: "Looms", upTo: 1n } });
  });

  it("show what was deleted as deleted when the answer to its sending comes late", async () => {
    const conversations = start();
    await conversations.loaded();
    conversations.takeSent(create(MessageSchema, { conversationId: "a", seq: 4n, ordinal: 4n, senderId: ME, deleteTime: { seconds: 1n } }));
    expect(conversations.get("a")?.log.messages.at(-1)).toMatchObject({ seq: 4n, isDeleted: true });
  });

  it("ask for a group anew when an event says that it has changed, once", async () => {
    listed.set("a", { profile: { title: "Looms" }, revision: 4n, memberCount: 2 });
    const conversations = start();
    await conversations.loaded();
    listed.set("a", { profile: { title: "Looms" }, revision: 6n, memberCount: 4 });
    for (const seq of [4n, 5n]) conversations.takeEvent(create(EventSchema, { conversationId: "a", seq, revision: seq + 1n, actorId: OTHER }));
    await vi.advanceTimersByTimeAsync(10);
    expect([asked, conversations.get("a")?.memberCount]).toEqual([["a"], 4]);
    conversations.takeEvent(create(EventSchema, { conversationId: "a", seq: 6n, revision: 6n, actorId: OTHER }));
    await vi.advanceTimersByTimeAsync(10);
    expect(asked).toEqual(["a"]);
  });

  it("do not go back to what a late answer says of a group", async () => {
    listed.set("a", { profile: { title: "Looms" }, revision: 6n, memberCount: 4 });
    const conversations = start();
    await conversations.loaded();
    listed.set("a", { profile: { title: "Looms" }, revision: 5n, memberCount: 3 });
    await conversations.load();
    expect(conversations.get("a")).toMatchObject({ revision: 6n, memberCount: 4 });
  });

  it("ask whether one that was put away is back when something is said there", async () => {
    listed.set("b", { archived: true });
    const conversations = start();
    await conversations.loaded();
    expect(conversations.get("b")?.isArchived).toBe(true);
    listed.set("b", {});
    happens(conversations, 4n, { case: "messageSent", value: create(MessageSentSchema, { ordinal: 4n, text: "hello" }) }, "b");
    await vi.advanceTimersByTimeAsync(10);
    expect(conversations.get("b")?.isArchived).toBe(false);
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
