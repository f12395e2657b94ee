// The rules of the log, one by one.
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import {
  ConversationUpdatedSchema,
  type Event,
  EventSchema,
  GroupCreatedSchema,
  MemberLeftSchema,
  MembersJoinedSchema,
  MessageDeletedSchema,
  MessageEditedSchema,
  MessageSentSchema,
} from "../gen/confab/message/v1/event_pb";
import type { Message } from "../gen/confab/message/v1/message_pb";
import * as logs from "./log";
import { ME, messageOf, OTHER, sampleHistory } from "./sample";

const EMPTY = logs.openLog({ headSeq: 0n, unreadCount: 0n });
const history = sampleHistory(12);

function eventOn(seq: bigint, kind: Event["kind"]): Event {
  return create(EventSchema, { conversationId: "c", seq, actorId: OTHER, kind });
}

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
    const next = logs.addHistory(log, page.toReversed(), ME);
    expect(next.messages.map(({ seq }) => seq)).toEqual([1n, 2n, 3n, 5n, 6n]);
    expect(next.head).toBe(11n);
  });

  it("goes no further back than what its reader may see", () => {
    const begun = logs.applyPage(after(2), history.slice(8, 10), 10n, ME);
    expect(begun.messages.map(({ seq }) => seq)).toEqual([9n, 10n]);
    expect(logs.hasGap(begun)).toBe(false);
    // The ninth is ours.
    expect(logs.unreadCount(begun)).toBe(1);

    const summary = { headSeq: 9n, lastMessage: messageOf(history[8]!)!, unreadCount: 1n, firstSeq: 9n };
    const listed = logs.takeSummary(logs.applyEvent(after(2), history[9]!, ME), summary);
    expect(listed.messages.map(({ seq }) => seq)).toEqual([9n]);
    expect(listed).toMatchObject({ upTo: 9n, head: 10n });
  });

  it("finds a message by its place", () => {
    const log = after(12);
    for (const message of log.messages) expect(logs.messageAt(log, message.seq)).toBe(message);
    // The fourth event is no message.
    expect([0n, 4n, 13n].map((seq) => logs.messageAt(log, seq))).toEqual([undefined, undefined, undefined]);
    expect(logs.messageAt(EMPTY, 1n)).toBeUndefined();
  });

  it("forgets all but the newest when asked", () => {
    expect(logs.keepNewest(after(6), 2).messages.map(({ seq }) => seq)).toEqual([5n, 6n]);
  });
});

describe("a message", () => {
  const edit = (seq: bigint, targetSeq: bigint, text: string) => eventOn(seq, { case: "messageEdited", value: create(MessageEditedSchema, { targetSeq, text }) });
  const deletion = (seq: bigint, targetSeq: bigint) => eventOn(seq, { case: "messageDeleted", value: create(MessageDeletedSchema, { targetSeq }) });

  it("says what it was last put as", () => {
    const log = logs.applyEvent(after(3), edit(4n, 2n, "better"), ME);
    expect(log.messages.map(({ text, isEdited }) => [text, isEdited])).toEqual([
      ["text 1", false],
      ["better", true],
      ["text 3", false],
    ]);
    expect(log.upTo).toBe(4n);
    expect(logs.unreadCount(log)).toBe(0);
  });

  it("stays in its place when it is deleted, without its text", () => {
    const log = logs.applyEvent(logs.applyEvent(after(3), edit(4n, 2n, "better"), ME), deletion(5n, 2n), ME);
    expect(log.messages[1]).toMatchObject({ seq: 2n, ordinal: 2n, text: "", isDeleted: true, isEdited: false });
    expect(log.messages).toHaveLength(3);
  });

  it("that is deleted already when it is fetched is deleted from the start", () => {
    const sent = eventOn(4n, { case: "messageSent", value: create(MessageSentSchema, { ordinal: 4n, deleted: true }) });
    const edited = eventOn(5n, { case: "messageEdited", value: create(MessageEditedSchema, { targetSeq: 4n, deleted: true }) });
    const log = [sent, edited].reduce((next, event) => logs.applyEvent(next, event, ME), after(3));
    expect(log.messages.at(-1)).toMatchObject({ text: "", isDeleted: true, isEdited: false });
  });

  it("of a page that is older than its changes has them all the same", () => {
    const late = logs.openLog({ headSeq: 3n, lastMessage: messageOf(history[2]!)!, unreadCount: 0n });
    const changes = [edit(4n, 1n, "first"), edit(5n, 1n, "better"), deletion(6n, 2n)];
    const log = logs.addHistory(changes.reduce((next, event) => logs.applyEvent(next, event, ME), late), [messageOf(history[1]!)!, messageOf(history[0]!)!], ME);
    expect(log.messages.map(({ text, isDeleted }) => [text, isDeleted])).toEqual([
      ["better", false],
      ["", true],
      ["text 3", false],
    ]);
    expect(log.changes.size).toBe(0);
  });

  it("keeps what it says when an edit comes of which nothing is left, until it is deleted", () => {
    const edited = eventOn(4n, { case: "messageEdited", value: create(MessageEditedSchema, { targetSeq: 2n, deleted: true }) });
    const log = logs.applyEvent(after(3), edited, ME);
    expect([log.upTo, log.messages[1]!.text, log.messages[1]!.isEdited]).toEqual([4n, "text 2", false]);
  });

  it("that a page told to be deleted does not come back with an edit from before", () => {
    const late = logs.openLog({ headSeq: 3n, lastMessage: messageOf(history[2]!)!, unreadCount: 0n });
    const told = messageOf(history[1]!)!;
    const gone: Message = { ...told, text: "", deleteTime: told.createTime };
    const log = logs.applyEvent(logs.addHistory(late, [gone], ME), edit(4n, 2n, "better"), ME);
    expect(log.messages[0]).toMatchObject({ seq: 2n, text: "", isDeleted: true });
  });

  it("that is not held has its changes kept, within bounds", () => {
    let log = logs.openLog({ headSeq: 5_000n, unreadCount: 0n });
    for (let seq = 1n; seq <= logs.CHANGES_MAX + 10; seq += 1n) log = logs.applyEvent(log, edit(5_000n + seq, seq, "new"), ME);
    expect(log.changes.size).toBe(logs.CHANGES_MAX);
    expect(log.changes.has(10n)).toBe(false);
  });
});

describe("a group", () => {
  it("has the title it was last given", () => {
    const founded = logs.applyEvent(EMPTY, eventOn(1n, { case: "groupCreated", value: create(GroupCreatedSchema, { profile: { title: "Looms" } }) }), ME);
    const described = logs.applyEvent(founded, eventOn(2n, { case: "conversationUpdated", value: create(ConversationUpdatedSchema, { description: "cards" }) }), ME);
    const renamed = logs.applyEvent(described, eventOn(3n, { case: "conversationUpdated", value: create(ConversationUpdatedSchema, { title: "Engines" }) }), ME);
    expect([founded.title, described.title, renamed.title]).toEqual(["Looms", "Looms", "Engines"]);
    const summary = { headSeq: 2n, unreadCount: 0n, profile: { title: "Looms" } };
    expect(logs.takeSummary(renamed, summary).title).toBe("Engines");
    expect(logs.takeSummary(renamed, { ...summary, headSeq: 4n, profile: { title: "Both" } }).title).toBe("Both");
  });

  it("is left by its reader alone, and joined again", () => {
    const left = (memberId: string) => eventOn(1n, { case: "memberLeft", value: create(MemberLeftSchema, { memberId }) });
    expect(logs.applyEvent(EMPTY, left(OTHER), ME).hasLeft).toBe(false);
    const gone = logs.applyEvent(EMPTY, left(ME), ME);
    expect(gone.hasLeft).toBe(true);
    const joined = eventOn(2n, { case: "membersJoined", value: create(MembersJoinedSchema, { memberIds: [OTHER, ME] }) });
    expect(logs.applyEvent(gone, joined, ME).hasLeft).toBe(false);
  });

  it("that keeps what was said before from those who join does not count it as unread", () => {
    const joined = logs.openLog({ headSeq: 80n, unreadCount: 0n, firstSeq: 80n });
    const said = eventOn(81n, { case: "messageSent", value: create(MessageSentSchema, { ordinal: 58n, text: "welcome" }) });
    expect(logs.unreadCount(logs.applyEvent(joined, said, ME))).toBe(1);
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
