// Days, groups, and what is on its way.
import { describe, expect, it } from "vitest";
import type { LogMessage } from "../../log/log";
import type { Outgoing } from "./outbox";
import { timelineOf } from "./timeline";

const NOON = new Date(2026, 10, 23, 12).getTime();
const MINUTE = 60_000;

function message(seq: number, senderId: string, createTime: number): LogMessage {
  return { seq: BigInt(seq), ordinal: BigInt(seq), senderId, text: `text ${seq}`, clientId: `client ${seq}`, createTime, isEdited: false, isDeleted: false, isPinned: false, reactions: [], replyToSeq: 0n, mentionIds: [], forwardedFrom: undefined };
}

function outgoing(clientId: string): Outgoing {
  return { clientId, conversationId: "c", text: "on its way", createTime: NOON + 3 * MINUTE, replyToSeq: 0n, mentionIds: [], status: "waiting" };
}

describe("a timeline", () => {
  it("groups what one person says in a row", () => {
    const bubbles = timelineOf([message(1, "ada", NOON), message(2, "ada", NOON + MINUTE), message(3, "ben", NOON + 2 * MINUTE), message(4, "ben", NOON + 20 * MINUTE)], [], "ben");
    expect(bubbles.map(({ startsGroup, endsGroup }) => [startsGroup, endsGroup])).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
  });

  it("begins each day anew", () => {
    const midnight = new Date(2026, 10, 24).getTime();
    const bubbles = timelineOf([message(1, "ada", midnight - 1_000), message(2, "ada", midnight + 1_000)], [], "ben");
    expect(bubbles.map(({ startsDay }) => startsDay)).toEqual([true, true]);
    expect(bubbles[0]?.endsGroup).toBe(true);
  });

  it("shows a message once while it goes from the outbox to the log, under the same key", () => {
    const before = timelineOf([], [outgoing("client 1")], "me");
    const after = timelineOf([message(1, "me", NOON)], [outgoing("client 1")], "me");
    expect(after).toHaveLength(1);
    expect(after[0]?.key).toBe(before[0]?.key);
  });

  it("keeps a deleted message in its place, and tells what was edited", () => {
    const gone = { ...message(1, "ada", NOON), text: "", isDeleted: true };
    const edited = { ...message(2, "ada", NOON), isEdited: true };
    expect(timelineOf([gone, edited], [], "ben").map(({ isDeleted, isEdited }) => [isDeleted, isEdited])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it("has a line above the first message that was unread", () => {
    const messages = [message(1, "ada", NOON), message(2, "ada", NOON), message(3, "ada", NOON)];
    const bubbles = timelineOf(messages, [], "ben", 2n);
    expect(bubbles.map(({ startsUnread, startsGroup }) => [startsUnread, startsGroup])).toEqual([
      [false, true],
      [true, true],
      [false, false],
    ]);
    expect(timelineOf(messages, [], "ben").some(({ startsUnread }) => startsUnread)).toBe(false);
  });

  it("does not confuse the client ids of others with ours", () => {
    expect(timelineOf([message(1, "ada", NOON)], [outgoing("client 1")], "me")).toHaveLength(2);
  });
});
