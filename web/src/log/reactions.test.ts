// Emoji on a message: the same change twice is one change.
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { ReactionSchema } from "../gen/confab/message/v1/message_pb";
import { fromListed, type Reaction, type ReactionChange, withChange, withReaction } from "./reactions";

const ME = "me";

function after(reactions: readonly Reaction[], ...changes: ReactionChange[]): readonly Reaction[] {
  return changes.reduce((all, change) => withReaction(all, change, ME), reactions);
}

function on(emoji: string, userId: string): ReactionChange {
  return { emoji, userId, isOn: true };
}

function off(emoji: string, userId: string): ReactionChange {
  return { emoji, userId, isOn: false };
}

describe("emoji on a message", () => {
  it("count everybody once, and know whether the reader is one of them", () => {
    const reactions = after([], on("👍", "ada"), on("👍", ME), on("👍", "ada"));
    expect(reactions).toEqual([{ emoji: "👍", count: 2, userIds: ["ada", ME], isMine: true }]);
    expect(after(reactions, off("👍", ME), off("👍", ME))).toEqual([{ emoji: "👍", count: 1, userIds: ["ada"], isMine: false }]);
    expect(after(reactions, off("👍", ME), off("👍", "ada"))).toEqual([]);
  });

  it("stand in the same order, whichever came first", () => {
    expect(after([], on("👍", "ada"), on("🎉", "ada"))).toEqual(after([], on("🎉", "ada"), on("👍", "ada")));
  });

  it("of many people count those who are not named", () => {
    const listed = fromListed([create(ReactionSchema, { emoji: "👍", count: 12, userIds: ["a", "b"], mine: true })]);
    expect(after(listed, on("👍", ME))).toEqual(listed);
    expect(after(listed, off("👍", "stranger"))[0]).toMatchObject({ count: 11, isMine: true });
    expect(after(listed, off("👍", ME))[0]).toMatchObject({ count: 11, isMine: false });
  });

  it("change as they last did when the message is found later", () => {
    const changes = [on("👍", "ada"), off("👍", "ada"), on("🎉", "ada")].reduce(withChange, [] as readonly ReactionChange[]);
    expect(changes).toEqual([off("👍", "ada"), on("🎉", "ada")]);
  });
});
