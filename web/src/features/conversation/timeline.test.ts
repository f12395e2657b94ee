// Days, groups, and what is on its way.
import { describe, expect, it } from "vitest";
import type { LogMessage } from "../../log/log";
import type { Outgoing } from "./outbox";
import type { Note } from "../../log/notes";
import { type Bubble, type NoteRow, timelineOf } from "./timeline";

const NOON = new Date(2026, 10, 23, 12).getTime();
const MINUTE = 60_000;

function message(seq: number, senderId: string, createTime: number): LogMessage {
  return { seq: BigInt(seq), ordinal: BigInt(seq), senderId, text: `text ${seq}`, clientId: `client ${seq}`, createTime, isEdited: false, isDeleted: false, isPinned: false, reactions: [], attachments: [], replyToSeq: 0n, mentionIds: [], forwardedFrom: undefined };
}

function outgoing(clientId: string): Outgoing {
  return { clientId, conversationId: "c", text: "on its way", createTime: NOON + 3 * MINUTE, replyToSeq: 0n, mentionIds: [], fileIds: [], status: "waiting" };
}

function rowsOf(messages: readonly LogMessage[], waiting: readonly Outgoing[], me: string, unreadFrom?: bigint): readonly Bubble[] {
  const { entries, rowAt } = timelineOf({ messages, outgoing: waiting, me, unreadFrom });
  return entries.map((_, place) => rowAt(place) as Bubble);
}

function note(seq: number, createTime: number): Note {
  return { seq: BigInt(seq), kind: "joined", actorId: "ada", memberIds: ["cy"], role: undefined, title: undefined, createTime };
}

describe("a timeline", () => {
  it("groups what one person says in a row", () => {
    const bubbles = rowsOf([message(1, "ada", NOON), message(2, "ada", NOON + MINUTE), message(3, "ben", NOON + 2 * MINUTE), message(4, "ben", NOON + 20 * MINUTE)], [], "ben");
    expect(bubbles.map(({ startsGroup, endsGroup }) => [startsGroup, endsGroup])).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
  });

  it("begins each day anew", () => {
    const midnight = new Date(2026, 10, 24).getTime();
    const bubbles = rowsOf([message(1, "ada", midnight - 1_000), message(2, "ada", midnight + 1_000)], [], "ben");
    expect(bubbles.map(({ startsDay }) => startsDay)).toEqual([true, true]);
    expect(bubbles[0]?.endsGroup).toBe(true);
  });

  it("shows a message once while it goes from the outbox to the log, under the same key", () => {
    const before = rowsOf([], [outgoing("client 1")], "me");
    const after = rowsOf([message(1, "me", NOON)], [outgoing("client 1")], "me");
    expect(after).toHaveLength(1);
    expect(after[0]?.key).toBe(before[0]?.key);
  });

  it("keeps a deleted message in its place, and tells what was edited", () => {
    const gone = { ...message(1, "ada", NOON), text: "", isDeleted: true };
    const edited = { ...message(2, "ada", NOON), isEdited: true };
    expect(rowsOf([gone, edited], [], "ben").map(({ isDeleted, isEdited }) => [isDeleted, isEdited])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it("has a line above the first message that was unread", () => {
    const messages = [message(1, "ada", NOON), message(2, "ada", NOON), message(3, "ada", NOON)];
    const bubbles = rowsOf(messages, [], "ben", 2n);
    expect(bubbles.map(({ startsUnread, startsGroup }) => [startsUnread, startsGroup])).toEqual([
      [false, true],
      [true, true],
      [false, false],
    ]);
    expect(rowsOf(messages, [], "ben").some(({ startsUnread }) => startsUnread)).toBe(false);
  });

  it("does not confuse the client ids of others with ours", () => {
    expect(rowsOf([message(1, "ada", NOON)], [outgoing("client 1")], "me")).toHaveLength(2);
  });

  it("finds its rows by number and by key, also the first that was unread", () => {
    const messages = Array.from({ length: 100 }, (_, place) => ({ ...message(place + 1, place % 2 === 0 ? "ada" : "me", NOON), seq: BigInt(place * 3 + 1) }));
    const timeline = timelineOf({ messages, outgoing: [outgoing("new")], me: "me", unreadFrom: 51n });
    expect(timeline.unreadPlace).toBe(50);
    for (const place of [0, 1, 50, 99]) {
      expect(timeline.placeOfSeq(messages[place]!.seq)).toBe(place);
      expect(timeline.placeOfKey(timeline.rowAt(place).key)).toBe(place);
    }
    expect(timeline.placeOfSeq(2n)).toBe(-1);
    expect(timeline.placeOfKey("new")).toBe(100);
    expect(timeline.placeOfKey("nobody")).toBe(-1);
  });

  it("has lines about what happened where it happened, once what was said before is there", () => {
    const messages = [message(2, "ada", NOON), message(4, "ada", NOON)];
    const notes = [note(1, NOON), note(3, NOON), note(5, NOON)];
    const kinds = (isComplete: boolean) => {
      const { entries, rowAt } = timelineOf({ messages, notes, outgoing: [], me: "me", isComplete });
      return entries.map((_, place) => rowAt(place)).map((row) => ("note" in row ? `note ${row.note.seq}` : String(row.seq)));
    };
    expect(kinds(false)).toEqual(["2", "note 3", "4", "note 5"]);
    expect(kinds(true)).toEqual(["note 1", "2", "note 3", "4", "note 5"]);
    const { rowAt } = timelineOf({ messages, notes, outgoing: [], me: "me" });
    // What stands between them parts what one person says.
    expect([rowAt(0), rowAt(2)].map((row) => (row as Bubble).endsGroup)).toEqual([true, true]);
    expect((rowAt(1) as NoteRow).startsDay).toBe(false);
  });
});
