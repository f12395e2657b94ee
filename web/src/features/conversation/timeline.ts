// What a conversation looks like from top to bottom: days, groups of bubbles,
// and what is still on its way. Pure.
import type { LogMessage } from "../../log/log";
import type { Reaction } from "../../log/reactions";
import { daysBetween } from "../../ui/time";
import type { Outgoing } from "./outbox";

/** Messages of one person within this time of each other stand together. */
const GROUP_MS = 5 * 60_000;

/** A bubble. */
export interface Bubble extends Pick<LogMessage, "text" | "isEdited" | "isDeleted" | "isPinned" | "reactions" | "replyToSeq" | "mentionIds" | "forwardedFrom"> {
  /** Stays the same when a message of ours goes from the outbox to the log. */
  readonly key: string;
  readonly senderId: string;
  readonly createTime: number;
  /** Its place in the log, if it is there. */
  readonly seq?: bigint;
  /** Set for messages that are not in the log yet. */
  readonly outgoing?: Outgoing;
  /** The first that was unread when the conversation was opened has a line above it. */
  readonly startsUnread: boolean;
  /** The first on a new day has the day above it. */
  readonly startsDay: boolean;
  /** The first and the last of a group. */
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
}

type Plain = Omit<Bubble, "startsUnread" | "startsDay" | "startsGroup" | "endsGroup">;

const NO_REACTIONS: readonly Reaction[] = [];

/** The bubbles of a conversation, the oldest first; `unreadFrom` is the ordinal of the first that was unread. */
export function timelineOf(messages: readonly LogMessage[], outgoing: readonly Outgoing[], me: string, unreadFrom?: bigint): readonly Bubble[] {
  const unread = messages.find(({ ordinal }) => ordinal === unreadFrom)?.seq;
  const stored = new Set(messages.filter(({ senderId }) => senderId === me).map(({ clientId }) => clientId));
  const all: Plain[] = [
    ...messages.map((message) => fromLog(message, me)),
    // The live stream may be faster than the answer: then the log shows it already.
    ...outgoing.filter(({ clientId }) => !stored.has(clientId)).map((message) => fromOutgoing(message, me)),
  ];
  return all.map((bubble, place) => {
    const before = all[place - 1];
    const after = all[place + 1];
    const startsUnread = unread !== undefined && bubble.seq === unread;
    return {
      ...bubble,
      startsUnread,
      startsDay: !before || daysBetween(before.createTime, bubble.createTime) !== 0,
      startsGroup: startsUnread || !before || !belongTogether(before, bubble),
      endsGroup: !after || !belongTogether(bubble, after),
    };
  });
}

function fromLog(message: LogMessage, me: string): Plain {
  return { ...message, key: message.senderId === me ? message.clientId : String(message.seq) };
}

function fromOutgoing(message: Outgoing, me: string): Plain {
  const { clientId, text, createTime, replyToSeq, mentionIds } = message;
  return { key: clientId, senderId: me, text, replyToSeq, mentionIds, forwardedFrom: undefined, isEdited: false, isDeleted: false, isPinned: false, reactions: NO_REACTIONS, createTime, outgoing: message };
}

function belongTogether(first: Plain, second: Plain): boolean {
  return first.senderId === second.senderId && Math.abs(second.createTime - first.createTime) < GROUP_MS && daysBetween(first.createTime, second.createTime) === 0;
}
