// What is known of one conversation, and how an event changes it. Pure: the
// same events give the same log, in whatever order and however often they come.
import type { Event, MessageSent } from "../gen/confab/message/v1/event_pb";
import type { GroupProfile } from "../gen/confab/message/v1/group_pb";
import type { Message } from "../gen/confab/message/v1/message_pb";
import { type Attachment, attachmentsOf, NO_ATTACHMENTS } from "./attachment";
import { type Note, noteOf, withNotes } from "./notes";
import { fromListed, type Reaction, type ReactionChange, withChange as withReactionChange, withReaction } from "./reactions";

/** How many events may wait behind a gap; beyond that they are fetched again. */
export const EARLY_MAX = 1_000;
/** How many messages of a conversation are held; the oldest give way. */
export const MESSAGES_MAX = 100_000;
/** For how many messages that are not held it is kept what became of them; the first to change give way. */
export const CHANGES_MAX = 1_000;

/** A message as it looks now. */
export interface LogMessage {
  readonly seq: bigint;
  readonly ordinal: bigint;
  readonly senderId: string;
  /** As it was last put; empty if it was deleted. */
  readonly text: string;
  readonly isEdited: boolean;
  /** A deleted message keeps its place. */
  readonly isDeleted: boolean;
  readonly isPinned: boolean;
  readonly reactions: readonly Reaction[];
  /** Pictures and files, in the order in which they were sent. */
  readonly attachments: readonly Attachment[];
  /** The message that it answers; 0 if it answers none. */
  readonly replyToSeq: bigint;
  /** Who is meant. */
  readonly mentionIds: readonly string[];
  /** Who said it first, if it was forwarded. */
  readonly forwardedFrom: string | undefined;
  readonly clientId: string;
  /** Milliseconds since 1970. For people to read: the order is given by `seq`. */
  readonly createTime: number;
}

/** What can become of what a message says. */
type Wording = Pick<LogMessage, "text" | "mentionIds" | "isEdited" | "isDeleted">;

/** What became of a message that is not held; what is absent is as a page of history has it. */
export interface Change {
  readonly wording?: Wording | undefined;
  readonly isPinned?: boolean | undefined;
  readonly reactions?: readonly ReactionChange[] | undefined;
}

/** Nothing is left of what was deleted. */
const GONE = { text: "", mentionIds: [], isEdited: false, isDeleted: true, isPinned: false, reactions: [], attachments: NO_ATTACHMENTS, replyToSeq: 0n, forwardedFrom: undefined } as const;

/** What is known of a conversation. */
export interface Log {
  /** Every event up to here is taken in. */
  readonly upTo: bigint;
  /** The newest event known to exist; above `upTo` there is a gap to fetch. */
  readonly head: bigint;
  /** Events from beyond the gap. */
  readonly early: ReadonlyMap<bigint, Event>;
  /** The newest messages, in order and without a hole up to `upTo`. */
  readonly messages: readonly LogMessage[];
  /** The ordinal of the newest message. */
  readonly lastOrdinal: bigint;
  /** The ordinal of the newest message that the reader has read. */
  readonly readOrdinal: bigint;
  /** What became of messages that are not held, by their `seq`: a page of history may be older than the change. */
  readonly changes: ReadonlyMap<bigint, Change>;
  /** For how many messages that are not held what became of them was forgotten again. */
  readonly forgotten: number;
  /** The first event that the reader may see, as far as it is known. */
  readonly firstSeq: bigint;
  /** The newest event that changed what is pinned, or may have. */
  readonly pinsSeq: bigint;
  /** What else happened, as far as it is known. */
  readonly notes: readonly Note[];
  /** The title, if it is a group. */
  readonly title: string | undefined;
  /** Whether the reader is not in it any more. */
  readonly hasLeft: boolean;
}

/** What a server's list says of a conversation. */
export interface Summary {
  readonly headSeq: bigint;
  readonly lastMessage?: Message | undefined;
  readonly unreadCount: bigint;
  readonly profile?: Pick<GroupProfile, "title"> | undefined;
  /** The first event that the reader may see. */
  readonly firstSeq?: bigint;
}

/** A log that begins with what a list says. */
export function openLog({ headSeq, lastMessage, unreadCount, profile, firstSeq = 0n }: Summary): Log {
  const lastOrdinal = lastMessage?.ordinal ?? 0n;
  return {
    upTo: headSeq,
    head: headSeq,
    early: new Map(),
    messages: lastMessage ? [fromMessage(lastMessage)] : [],
    lastOrdinal,
    readOrdinal: lastOrdinal - unreadCount,
    changes: new Map(),
    forgotten: 0,
    firstSeq,
    pinsSeq: 0n,
    notes: [],
    title: profile?.title,
    hasLeft: false,
  };
}

/** Takes in what a list says, later, of a conversation that is known. */
export function takeSummary(log: Log, summary: Summary): Log {
  const fresh = openLog(summary);
  // Left and joined again meanwhile: what lies between is not for the reader.
  if ((summary.firstSeq ?? 0n) > log.upTo + 1n) return noteHead(fresh, log.head);
  const title = summary.headSeq < log.upTo ? log.title : fresh.title;
  const firstSeq = fresh.firstSeq > log.firstSeq ? fresh.firstSeq : log.firstSeq;
  // What is known stays, and the missing events are fetched; only the read mark has no event of its own.
  return readUpTo(noteHead({ ...log, title, firstSeq }, summary.headSeq), fresh.readOrdinal);
}

/** Takes in an event that happened; `reader` is who is looking. */
export function applyEvent(log: Log, event: Event, reader: string): Log {
  if (event.seq <= log.upTo || log.early.has(event.seq)) return log;
  if (event.seq > log.upTo + 1n) return keepForLater(log, event);
  let next = fold(log, event, reader);
  for (let waiting = next.early.get(next.upTo + 1n); waiting; waiting = next.early.get(next.upTo + 1n)) {
    next = fold(next, waiting, reader);
  }
  return next;
}

/** Takes in an answer of ListEvents: events without a hole, and how far the conversation had come. */
export function applyPage(log: Log, events: readonly Event[], headSeq: bigint, reader: string): Log {
  const first = events[0]?.seq ?? 0n;
  const begun = first > log.upTo + 1n ? beginAt(log, first) : log;
  return noteHead(
    events.reduce((next, event) => applyEvent(next, event, reader), begun),
    headSeq,
  );
}

/** Takes note that there are events up to `head`. */
export function noteHead(log: Log, head: bigint): Log {
  return head > log.head ? { ...log, head } : log;
}

/** Whether events are missing that are known to exist. */
export function hasGap(log: Log): boolean {
  return log.head > log.upTo;
}

/** Takes in a page of history, in any order. */
export function addHistory(before: Log, page: readonly Message[], reader: string, events: readonly Event[] = []): Log {
  const notes = withNotes(before.notes, events.flatMap((event) => (event.seq > before.upTo ? [] : (noteOf(event) ?? []))));
  const log = notes === before.notes ? before : { ...before, notes };
  let { head } = log;
  const older: LogMessage[] = [];
  const changes = new Map(log.changes);
  for (const message of page) {
    // What is newer than the events taken in comes with the missing events, so that there is never a hole.
    if (message.seq > log.upTo) head = message.seq > head ? message.seq : head;
    else if (!messageAt(log, message.seq)) older.push(withLateChange(fromMessage(message), changes, reader));
  }
  if (older.length === 0) return noteHead(log, head);
  return { ...log, head, changes, messages: inOrder(older, log.messages) };
}

/** Takes in messages that were kept of an earlier visit, in order, and go on without a hole to those that are held. */
export function addKept(log: Log, kept: readonly LogMessage[], reader: string): Log {
  const changes = new Map(log.changes);
  const older = kept.filter(({ seq }) => seq <= log.upTo && !messageAt(log, seq)).map((message) => withLateChange(message, changes, reader));
  return older.length === 0 ? log : { ...log, changes, messages: inOrder(older, log.messages) };
}

/** Takes over the emoji of a message that was asked for after the last event on it. */
export function takeReactions(log: Log, { seq, reactions }: Pick<Message, "seq" | "reactions">): Log {
  const place = placeOf(log.messages, seq);
  const message = log.messages[place];
  if (!message || message.isDeleted) return log;
  return { ...log, messages: log.messages.with(place, { ...message, reactions: fromListed(reactions) }) };
}

/** Whether no more can be held, although there is more. */
export function isFull({ messages }: Log): boolean {
  return messages.length >= MESSAGES_MAX && (messages[0]?.ordinal ?? 1n) > 1n;
}

/** Forgets all but the newest `count` messages, to save memory. */
export function keepNewest(log: Log, count: number): Log {
  return log.messages.length > count ? { ...log, messages: log.messages.slice(-count) } : log;
}

/** Everything up to the event `seq` has been read. Never moves back. */
export function markRead(log: Log, seq: bigint): Log {
  const read = log.messages.findLast((message) => message.seq <= seq)?.ordinal ?? 0n;
  return readUpTo(log, read);
}

/** Everything up to the message `ordinal` has been read. Never moves back. */
export function readUpTo(log: Log, ordinal: bigint): Log {
  return ordinal > log.readOrdinal ? { ...log, readOrdinal: ordinal } : log;
}

/** How many messages the reader has not read. */
export function unreadCount(log: Log): number {
  return Math.max(0, Number(log.lastOrdinal - log.readOrdinal));
}

/** The message `seq`, if it is held. */
export function messageAt({ messages }: Log, seq: bigint): LogMessage | undefined {
  return messages[placeOf(messages, seq)];
}

/** Where in a long list the message `seq` is; -1 if it is not. */
function placeOf(messages: readonly LogMessage[], seq: bigint): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle]?.seq ?? seq) < seq) low = middle + 1;
    else high = middle;
  }
  return messages[low]?.seq === seq ? low : -1;
}

/** The newest message, if anybody has said anything. */
export function lastMessage(log: Log): LogMessage | undefined {
  return log.messages.at(-1);
}

function keepForLater(log: Log, event: Event): Log {
  const noted = noteHead(log, event.seq);
  if (noted.early.size >= EARLY_MAX) return noted;
  return { ...noted, early: new Map(noted.early).set(event.seq, event) };
}

/** The reader sees nothing before `seq`: a group may keep what was said before one joins. */
function beginAt(log: Log, seq: bigint): Log {
  const { early, head, title } = log;
  const fresh = openLog({ headSeq: seq - 1n, unreadCount: 0n, firstSeq: seq });
  return { ...fresh, head, title, early: new Map([...early].filter(([waiting]) => waiting >= seq)) };
}

/** Takes in the one event that comes next. Kinds that change nothing that is shown, or are not known, change nothing but `upTo`. */
function fold(log: Log, event: Event, reader: string): Log {
  const note = noteOf(event);
  const notes = note ? withNotes(log.notes, [note]) : log.notes;
  const next = { ...noteHead(log, event.seq), upTo: event.seq, early: without(log.early, event.seq), notes };
  const { kind } = event;
  switch (kind.case) {
    case "messageSent":
      return withMessage(next, event, kind.value, reader);
    case "messageEdited":
      // What it said is gone, and the event that deletes it is on its way.
      if (kind.value.deleted) return next;
      return withChange(next, kind.value.targetSeq, { wording: { text: kind.value.text, mentionIds: kind.value.mentionIds, isEdited: true, isDeleted: false } }, reader);
    case "messageDeleted":
      return withChange({ ...next, pinsSeq: event.seq }, kind.value.targetSeq, { wording: GONE }, reader);
    case "messagePinned":
    case "messageUnpinned":
      return withChange({ ...next, pinsSeq: event.seq }, kind.value.targetSeq, { isPinned: kind.case === "messagePinned" }, reader);
    case "reactionAdded":
    case "reactionRemoved":
      return withChange(next, kind.value.targetSeq, { reactions: [{ emoji: kind.value.emoji, userId: event.actorId, isOn: kind.case === "reactionAdded" }] }, reader);
    case "groupCreated":
      return { ...next, title: kind.value.profile?.title };
    case "conversationUpdated":
      return { ...next, title: kind.value.title ?? next.title };
    case "membersJoined":
      return kind.value.memberIds.includes(reader) ? { ...next, hasLeft: false } : next;
    case "memberLeft":
      return kind.value.memberId === reader ? { ...next, hasLeft: true } : next;
    default:
      return next;
  }
}

function withMessage(log: Log, { seq, actorId, createTime }: Event, sent: MessageSent, reader: string): Log {
  const { ordinal, clientId } = sent;
  const { text, mentionIds, replyToSeq, forwardedFrom } = sent;
  const fresh = { text, mentionIds, replyToSeq, forwardedFrom: forwardedFrom?.senderId, isEdited: false, isDeleted: false, isPinned: false, reactions: [], attachments: attachmentsOf(sent.attachments) };
  const look = sent.deleted ? GONE : fresh;
  const message: LogMessage = { seq, ordinal, senderId: actorId, clientId, createTime: millis(createTime), ...look };
  // What was said before one joined counts as read; a log without a message does not know how much that is.
  const read = ordinal - 1n - BigInt(unreadCount(log));
  return {
    ...log,
    messages: [...log.messages, message].slice(-MESSAGES_MAX),
    lastOrdinal: ordinal,
    // Whoever writes has read what came before.
    readOrdinal: actorId === reader ? ordinal : read > log.readOrdinal ? read : log.readOrdinal,
  };
}

function withChange(log: Log, seq: bigint, change: Change, reader: string): Log {
  const place = placeOf(log.messages, seq);
  const message = log.messages[place];
  if (message) return { ...log, messages: log.messages.with(place, changed(message, change, reader)) };

  const changes = new Map(log.changes);
  changes.delete(seq);
  changes.set(seq, both(log.changes.get(seq) ?? {}, change));
  let { forgotten } = log;
  for (const oldest of changes.keys()) {
    if (changes.size <= CHANGES_MAX) break;
    changes.delete(oldest);
    forgotten += 1;
  }
  return { ...log, changes, forgotten };
}

/** A message after what became of it; the same change twice is the same as once. */
export function changed(before: LogMessage, { wording, isPinned = before.isPinned, reactions = [] }: Change, reader: string): LogMessage {
  // Also if it is known already, as from a page: only with the event everybody knows, and it is kept as deleted.
  if (wording?.isDeleted) return { ...before, ...GONE };
  // A deletion is for good: what was known late of an earlier text does not bring it back.
  if (before.isDeleted) return before;
  return { ...before, ...wording, isPinned, reactions: reactions.reduce((all, change) => withReaction(all, change, reader), before.reactions) };
}

/** A message that is found after it has changed. */
function withLateChange(message: LogMessage, changes: Map<bigint, Change>, reader: string): LogMessage {
  const change = changes.get(message.seq);
  changes.delete(message.seq);
  return change ? changed(message, change, reader) : message;
}

/** Mostly all of the one come before all of the other: a long history is not sorted each time. */
function inOrder(older: readonly LogMessage[], held: readonly LogMessage[]): readonly LogMessage[] {
  const sorted = older.toSorted((a, b) => (a.seq < b.seq ? -1 : 1));
  const first = held[0]?.seq;
  const isBefore = first === undefined || (sorted.at(-1)?.seq ?? first) < first;
  const all = isBefore ? [...sorted, ...held] : [...sorted, ...held].sort((a, b) => (a.seq < b.seq ? -1 : 1));
  return all.length > MESSAGES_MAX ? all.slice(-MESSAGES_MAX) : all;
}

/** One change after another. */
function both(first: Change, second: Change): Change {
  return {
    wording: first.wording?.isDeleted ? first.wording : (second.wording ?? first.wording),
    isPinned: second.isPinned ?? first.isPinned,
    reactions: (second.reactions ?? []).reduce(withReactionChange, first.reactions ?? []),
  };
}

function without(early: ReadonlyMap<bigint, Event>, seq: bigint): ReadonlyMap<bigint, Event> {
  if (!early.has(seq)) return early;
  const rest = new Map(early);
  rest.delete(seq);
  return rest;
}

/** A message as a list tells of it. */
export function fromMessage(message: Message): LogMessage {
  const { seq, ordinal, senderId, text, clientId, editTime, deleteTime, pinned, mentionIds, replyToSeq, forwardedFrom } = message;
  const said = { text, mentionIds, replyToSeq, forwardedFrom: forwardedFrom?.senderId, isEdited: editTime !== undefined, isDeleted: false, isPinned: pinned, reactions: fromListed(message.reactions), attachments: attachmentsOf(message.attachments) };
  return { seq, ordinal, senderId, clientId, createTime: millis(message.createTime), ...(deleteTime ? GONE : said) };
}

function millis(time: Message["createTime"]): number {
  return time ? Number(time.seconds) * 1000 + Math.floor(time.nanos / 1e6) : 0;
}
