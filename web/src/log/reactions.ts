// The emoji on a message, and how they change. Pure, and it does not matter
// how often the same change comes.
import type { Reaction as Listed } from "../gen/confab/message/v1/message_pb";

/** How many changes to the emoji of a message that is not held are kept. */
const CHANGES_MAX = 200;

/** An emoji on a message. */
export interface Reaction {
  readonly emoji: string;
  /** How many people put it there. */
  readonly count: number;
  /** Some of them: all, unless they are more than a list names. */
  readonly userIds: readonly string[];
  /** Whether the reader is one of them. */
  readonly isMine: boolean;
}

/** Somebody put an emoji on a message, or took it back. */
export interface ReactionChange {
  readonly emoji: string;
  readonly userId: string;
  readonly isOn: boolean;
}

/** The emoji of a message as a list names them. */
export function fromListed(listed: readonly Listed[]): readonly Reaction[] {
  return inOrder(listed.map(({ emoji, count, userIds, mine }) => ({ emoji, count, userIds: [...userIds].sort(), isMine: mine })));
}

/** The emoji after a change; `reader` is who is looking. */
export function withReaction(reactions: readonly Reaction[], { emoji, userId, isOn }: ReactionChange, reader: string): readonly Reaction[] {
  const place = reactions.findIndex((reaction) => reaction.emoji === emoji);
  const before = reactions[place] ?? { emoji, count: 0, userIds: [], isMine: false };
  const isKnown = before.userIds.includes(userId) || (userId === reader && before.isMine);
  // Of those who are not named it is not known whether they are counted; one who takes an emoji back was.
  const isCounted = isKnown || (!isOn && before.count > before.userIds.length);
  if (isCounted === isOn) return reactions;

  const userIds = isOn ? [...before.userIds, userId].sort() : before.userIds.filter((id) => id !== userId);
  const after: Reaction = { emoji, count: before.count + (isOn ? 1 : -1), userIds, isMine: userId === reader ? isOn : before.isMine };
  const rest = reactions.filter((reaction) => reaction.emoji !== emoji);
  return after.count > 0 ? inOrder([...rest, after]) : rest;
}

/** Whether people are counted who are not named: then it is not certain whether a change is counted already. */
export function isPartial(reactions: readonly Reaction[]): boolean {
  return reactions.some(({ count, userIds }) => count > userIds.length);
}

/** Takes note of a change to a message that is not held; of changes by one person to one emoji the last counts. */
export function withChange(changes: readonly ReactionChange[], change: ReactionChange): readonly ReactionChange[] {
  const others = changes.filter(({ emoji, userId }) => emoji !== change.emoji || userId !== change.userId);
  return [...others, change].slice(-CHANGES_MAX);
}

/** The same order everywhere, whoever was first: it does not jump while one looks. */
function inOrder(reactions: readonly Reaction[]): readonly Reaction[] {
  return reactions.toSorted((a, b) => (a.emoji < b.emoji ? -1 : 1));
}
