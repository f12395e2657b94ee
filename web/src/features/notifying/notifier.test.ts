// What is told outside of the page, and what is not.
import { create } from "@bufbuild/protobuf";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import { MessageSchema } from "../../gen/confab/message/v1/message_pb";
import { openLog } from "../../log/log";
import type { Conversation } from "../conversations/conversation";
import { cleaned } from "./cleaned";
import { Notifier, type NotifierOptions } from "./notifier";

const NOW = 1_700_000_000_000;
let life: AbortController;

/** A conversation in which Ada has said "Hello", unread. */
function conversation(id: string, changes: { title?: string; unread?: bigint; muteUntil?: number; senderId?: string; text?: string; ageMs?: number } = {}): Conversation {
  const { title, unread = 1n, muteUntil = 0, senderId = "ada", text = "Hello", ageMs = 0 } = changes;
  const createTime = { seconds: BigInt(Math.floor((NOW - ageMs) / 1000)), nanos: 0 };
  const lastMessage = create(MessageSchema, { conversationId: id, seq: 1n, ordinal: 1n, senderId, text, createTime });
  return { id, muteUntil, log: openLog({ headSeq: 1n, lastMessage, unreadCount: unread, profile: title === undefined ? undefined : { title } }) } as Conversation;
}

function start(conversations: readonly Conversation[], changes: Partial<NotifierOptions> = {}) {
  const byId = new Map(conversations.map((one) => [one.id, one]));
  const store = createStore(() => ({ byId }));
  const board = { show: vi.fn(), remove: vi.fn() };
  const options = { conversations: { get: (id: string) => store.getState().byId.get(id), store }, me: "me", board, isOn: () => true, inSight: () => undefined, now: () => NOW, nameOf: () => "Ada", ...changes };
  const notifier = new Notifier(options as unknown as NotifierOptions, life.signal);
  return { notifier, board, set: (one: Conversation) => store.setState({ byId: new Map(store.getState().byId).set(one.id, one) }) };
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  life = new AbortController();
});

afterEach(() => {
  life.abort();
  vi.useRealTimers();
});

describe("a message", () => {
  it("is told when nobody looks, once for what comes together", () => {
    const { notifier, board } = start([conversation("a"), conversation("g", { title: "Looms", text: "Hi" })]);
    notifier.hear("a", "ada");
    notifier.hear("a", "ada");
    notifier.hear("g", "ada");
    vi.runAllTimers();
    expect(board.show.mock.calls).toEqual([[{ conversationId: "a", title: "Ada", text: "Hello" }], [{ conversationId: "g", title: "Looms: Ada", text: "Hi" }]]);
  });

  it("is not told of a muted conversation, of one's own, of what is read, or when it is not wanted", () => {
    const all = [conversation("muted", { muteUntil: NOW + 10_000 }), conversation("mine", { senderId: "me" }), conversation("read", { unread: 0n })];
    const { notifier, board } = start(all);
    for (const { id } of all) notifier.hear(id, "ada");
    notifier.hear("unknown", "ada");
    start([conversation("a")], { isOn: () => false, board }).notifier.hear("a", "ada");
    start([conversation("a")], { board }).notifier.hear("a", "me");
    vi.runAllTimers();
    expect(board.show).not.toHaveBeenCalled();
  });

  it("is told to whoever looks at another conversation, not to whoever looks at this one or was away", () => {
    const inSight = () => ({ conversationId: "b" });
    const { notifier, board } = start([conversation("a"), conversation("b"), conversation("old", { ageMs: 120_000 })], { inSight });
    for (const id of ["a", "b", "old"]) notifier.hear(id, "ada");
    vi.runAllTimers();
    expect(board.show.mock.calls.map(([{ conversationId }]) => conversationId)).toEqual(["a"]);
  });

  it("is taken away when it is read elsewhere, and when one leaves", () => {
    const { notifier, board, set } = start([conversation("a"), conversation("b")]);
    notifier.hear("a", "ada");
    notifier.hear("b", "ada");
    vi.runAllTimers();
    set(conversation("a", { unread: 0n }));
    expect(board.remove.mock.calls).toEqual([["a"]]);
    life.abort();
    expect(board.remove.mock.calls).toEqual([["a"], ["b"]]);
  });

  it("that was begun to be told is not after one has left", () => {
    const { notifier, board } = start([conversation("a")]);
    notifier.hear("a", "ada");
    life.abort();
    vi.runAllTimers();
    expect(board.show).not.toHaveBeenCalled();
  });
});

describe("a text outside of the page", () => {
  it("keeps its direction in, stands in one line and is short", () => {
    expect(cleaned("safe\u202efdp.exe\u202c\nnext\tline\u200b", 100)).toBe("safe fdp.exe next line");
    expect(cleaned("👩‍👩‍👧", 100)).toBe("👩‍👩‍👧");
    expect(cleaned("x".repeat(300), 10)).toBe(`${"x".repeat(9)}…`);
  });
});
