// @vitest-environment node
// A part of a conversation grows both ways, until it is part of the whole.
import { describe, expect, it } from "vitest";
import { currentOf, type Excerpt, excerptOf, reaches, withNewer, withOlder } from "./excerpt";
import * as logs from "./log";
import { ME, messageOf, OTHER, sampleHistory } from "./sample";

const history = sampleHistory(60);
const all = history.map(messageOf).filter((message) => message !== undefined);

function page(from: number, to: number, nextPageToken = "older") {
  return { messages: all.slice(from, to).toReversed(), nextPageToken, notes: [] };
}

function ordinals({ messages }: Pick<Excerpt, "messages">): readonly number[] {
  return messages.map(({ ordinal }) => Number(ordinal));
}

describe("an excerpt", () => {
  const middle = excerptOf(page(10, 13));
  const log = logs.addHistory(logs.openLog({ headSeq: 60n, lastMessage: all.at(-1)!, unreadCount: 0n }), all.slice(20), ME);

  it("grows both ways without a hole and without anything twice", () => {
    const grown = withNewer(withOlder(middle, page(7, 11, "")), page(12, 16));
    expect(ordinals(grown)).toEqual([8, 9, 10, 11, 12, 13, 14, 15, 16]);
    expect(grown.olderToken).toBe("");
  });

  it("is part of the whole when nothing is missing between", () => {
    expect(reaches(middle, log)).toBe(false);
    const grown = withNewer(middle, page(13, 20));
    expect(reaches(grown, log)).toBe(true);
    expect(ordinals(logs.addKept(log, grown.messages, ME))).toEqual(Array.from({ length: 35 }, (_, place) => place + 11));
    expect(reaches(excerptOf(page(0, 0, "")), log)).toBe(true);
  });

  it("shows what became of its messages while it is looked at", () => {
    const [first] = middle.messages;
    const edited = logs.applyEvent(log, { ...history[0]!, seq: 61n, actorId: OTHER, kind: { case: "messageEdited", value: { targetSeq: first!.seq, text: "another way", mentionIds: [], deleted: false } } } as unknown as Parameters<typeof logs.applyEvent>[1], ME);
    expect(currentOf(middle, edited.changes, ME)[0]).toMatchObject({ text: "another way", isEdited: true });
    expect(currentOf(middle, log.changes, ME)).toBe(middle.messages);
  });
});
