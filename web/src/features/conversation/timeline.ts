// What a conversation looks like from top to bottom: days, groups of bubbles,
// what else happened, and what is still on its way. Pure.
import { NO_ATTACHMENTS } from "../../log/attachment";
import type { LogMessage } from "../../log/log";
import type { Note } from "../../log/notes";
import type { Reaction } from "../../log/reactions";
import { daysBetween } from "../../ui/time";
import type { Outgoing } from "./outbox";

/** Messages of one person within this time of each other stand together. */
const GROUP_MS = 5 * 60_000;

/** A bubble. */
export interface Bubble extends Pick<LogMessage, "text" | "isEdited" | "isDeleted" | "isPinned" | "reactions" | "attachments" | "replyToSeq" | "mentionIds" | "forwardedFrom"> {
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

/** A line about something that happened. */
export interface NoteRow {
  readonly key: string;
  readonly note: Note;
  readonly createTime: number;
  readonly startsDay: boolean;
}

/** What a row is made from. */
export type Entry = LogMessage | Outgoing | Note;

/** What stands in a conversation, the oldest first. A row is made when it is looked at: a long conversation has many. */
export interface Timeline {
  readonly entries: readonly Entry[];
  /** The row at a place, which there must be. */
  readonly rowAt: (place: number) => Bubble | NoteRow;
  /** Where the message `seq` is; -1 if it is not there. */
  readonly placeOfSeq: (seq: bigint) => number;
  /** Where the row `key` is; -1 if it is not there. */
  readonly placeOfKey: (key: string) => number;
  /** Where the first message is that was unread; -1 if it is not there. */
  readonly unreadPlace: number;
}

interface TimelineParts {
  readonly messages: readonly LogMessage[];
  readonly notes?: readonly Note[];
  readonly outgoing: readonly Outgoing[];
  readonly me: string;
  /** The ordinal of the first message that was unread. */
  readonly unreadFrom?: bigint | undefined;
  /** Whether the first message is the first that there is. */
  readonly isComplete?: boolean;
}

const NO_REACTIONS: readonly Reaction[] = [];
const NO_NOTES: readonly Note[] = [];

/** Puts everything in order. */
export function timelineOf({ messages, notes = NO_NOTES, outgoing, me, unreadFrom, isComplete = false }: TimelineParts): Timeline {
  const stored = merged(messages, notes, isComplete);
  const entries = [...stored, ...waiting(outgoing, messages, me)];
  const unread = unreadSeq(messages, unreadFrom);
  const unreadPlace = unread === undefined ? -1 : firstPlace(stored, unread, seqOf);
  const startsUnread = (place: number) => place >= 0 && place === unreadPlace;
  const rowAt = (place: number): Bubble | NoteRow => {
    const [before, entry, after] = [entries[place - 1], entries[place], entries[place + 1]];
    if (!entry) throw new RangeError(`there is no row ${place}`);
    const startsDay = !before || daysBetween(before.createTime, entry.createTime) !== 0;
    if ("kind" in entry) return { key: keyOf(entry, me), note: entry, createTime: entry.createTime, startsDay };
    return {
      ...bubbleOf(entry, me),
      startsUnread: startsUnread(place),
      startsDay,
      startsGroup: startsUnread(place) || !before || !belongTogether(before, entry, me),
      endsGroup: !after || startsUnread(place + 1) || !belongTogether(entry, after, me),
    };
  };
  return {
    entries,
    rowAt,
    unreadPlace,
    placeOfSeq: (seq) => {
      const place = firstPlace(stored, seq, seqOf);
      return stored[place]?.seq === seq ? place : -1;
    },
    placeOfKey: (key) => entries.findLastIndex((entry) => keyOf(entry, me) === key),
  };
}

/** The messages, with what else happened between them. What happened before the first comes with what was said then. */
function merged(messages: readonly LogMessage[], notes: readonly Note[], isComplete: boolean): readonly (LogMessage | Note)[] {
  const first = messages[0]?.seq;
  const shown = isComplete ? notes : notes.filter(({ seq }) => first !== undefined && seq > first);
  if (shown.length === 0) return messages;
  const all: (LogMessage | Note)[] = [];
  let at = 0;
  for (const note of shown) {
    const place = firstPlace(messages, note.seq, seqOf);
    const end = place < 0 ? messages.length : place;
    for (; at < end; at += 1) all.push(messages[at]!);
    all.push(note);
  }
  for (; at < messages.length; at += 1) all.push(messages[at]!);
  return all;
}

/** What is not in the log. The live stream may be faster than the answer: then the log shows it already. */
function waiting(outgoing: readonly Outgoing[], messages: readonly LogMessage[], me: string): readonly Outgoing[] {
  return outgoing.filter(({ clientId }) => messages.findLastIndex((message) => message.clientId === clientId && message.senderId === me) < 0);
}

function seqOf({ seq }: LogMessage | Note): bigint {
  return seq;
}

function ordinalOf({ ordinal }: LogMessage): bigint {
  return ordinal;
}

/** The first place in a long list whose number is not below `wanted`; -1 if there is none. */
function firstPlace<Item>(items: readonly Item[], wanted: bigint, numberOf: (item: Item) => bigint): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numberOf(items[middle]!) < wanted) low = middle + 1;
    else high = middle;
  }
  return low < items.length ? low : -1;
}

/** The number of the message that is the first unread one. */
function unreadSeq(messages: readonly LogMessage[], unreadFrom: bigint | undefined): bigint | undefined {
  const found = unreadFrom === undefined ? undefined : messages[firstPlace(messages, unreadFrom, ordinalOf)];
  return found?.ordinal === unreadFrom ? found?.seq : undefined;
}

type Plain = Omit<Bubble, "startsUnread" | "startsDay" | "startsGroup" | "endsGroup">;

function bubbleOf(entry: LogMessage | Outgoing, me: string): Plain {
  if ("ordinal" in entry) return { ...entry, key: keyOf(entry, me) };
  const { clientId, text, createTime, replyToSeq, mentionIds } = entry;
  return { key: clientId, senderId: me, text, replyToSeq, mentionIds, forwardedFrom: undefined, isEdited: false, isDeleted: false, isPinned: false, reactions: NO_REACTIONS, attachments: NO_ATTACHMENTS, createTime, outgoing: entry };
}

function keyOf(entry: Entry, me: string): string {
  if ("kind" in entry) return `note ${entry.seq}`;
  if ("ordinal" in entry) return entry.senderId === me ? entry.clientId : String(entry.seq);
  return entry.clientId;
}

function belongTogether(first: Entry, second: Entry, me: string): boolean {
  const [one, other] = [senderOf(first, me), senderOf(second, me)];
  return one !== undefined && one === other && Math.abs(second.createTime - first.createTime) < GROUP_MS && daysBetween(first.createTime, second.createTime) === 0;
}

function senderOf(entry: Entry, me: string): string | undefined {
  if ("kind" in entry) return undefined;
  return "ordinal" in entry ? entry.senderId : me;
}
