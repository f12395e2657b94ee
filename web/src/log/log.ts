// What is known of one conversation, and how an event changes it. Pure: the
// same events give the same log, in whatever order and however often they come.
import type { Event } from "../gen/confab/message/v1/event_pb";
import type { Message } from "../gen/confab/message/v1/message_pb";

/** How many events may wait behind a gap; beyond that they are fetched again. */
export const EARLY_MAX = 1_000;
/** How many messages of a conversation are held; the oldest give way. */
export const MESSAGES_MAX = 5_000;

/** A message as it looks now. */
export interface LogMessage {
  readonly seq: bigint;
  readonly ordinal: bigint;
  readonly senderId: string;
  readonly text: string;
  readonly clientId: string;
  /** Milliseconds since 1970. For people to read: the order is given by `seq`. */
  readonly createTime: number;
}

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
}

/** What a server's list says of a conversation. */
export interface Summary {
  readonly headSeq: bigint;
  readonly lastMessage?: Message | undefined;
  readonly unreadCount: bigint;
}

/** A log that begins with what a list says. */
export function openLog({ headSeq, lastMessage, unreadCount }: Summary): Log {
  const lastOrdinal = lastMessage?.ordinal ?? 0n;
  return {
    upTo: headSeq,
    head: headSeq,
    early: new Map(),
    messages: lastMessage ? [fromMessage(lastMessage)] : [],
    lastOrdinal,
    readOrdinal: lastOrdinal - unreadCount,
  };
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

/** Takes note that there are events up to `head`. */
export function noteHead(log: Log, head: bigint): Log {
  return head > log.head ? { ...log, head } : log;
}

/** Whether events are missing that are known to exist. */
export function hasGap(log: Log): boolean {
  return log.head > log.upTo;
}

/** Takes in a page of history, in any order. */
export function addHistory(log: Log, page: readonly Message[]): Log {
  const known = new Set(log.messages.map(({ seq }) => seq));
  let { head } = log;
  const older: LogMessage[] = [];
  for (const message of page) {
    // What is newer than the events taken in comes with the missing events, so that there is never a hole.
    if (message.seq > log.upTo) head = message.seq > head ? message.seq : head;
    else if (!known.has(message.seq)) older.push(fromMessage(message));
  }
  if (older.length === 0) return noteHead(log, head);
  const messages = [...older, ...log.messages].sort((a, b) => (a.seq < b.seq ? -1 : 1));
  return { ...log, head, messages: messages.slice(-MESSAGES_MAX) };
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

/** The newest message, if anybody has said anything. */
export function lastMessage(log: Log): LogMessage | undefined {
  return log.messages.at(-1);
}

function keepForLater(log: Log, event: Event): Log {
  const noted = noteHead(log, event.seq);
  if (noted.early.size >= EARLY_MAX) return noted;
  return { ...noted, early: new Map(noted.early).set(event.seq, event) };
}

/** Takes in the one event that comes next. Kinds that are not known change nothing but `upTo`. */
function fold(log: Log, event: Event, reader: string): Log {
  const next = { ...noteHead(log, event.seq), upTo: event.seq, early: without(log.early, event.seq) };
  if (event.kind.case !== "messageSent") return next;

  const { ordinal, text, clientId } = event.kind.value;
  const message = { seq: event.seq, ordinal, senderId: event.actorId, text, clientId, createTime: millis(event.createTime) };
  return {
    ...next,
    messages: [...log.messages, message].slice(-MESSAGES_MAX),
    lastOrdinal: ordinal,
    // Whoever writes has read what came before.
    readOrdinal: event.actorId === reader ? ordinal : log.readOrdinal,
  };
}

function without(early: ReadonlyMap<bigint, Event>, seq: bigint): ReadonlyMap<bigint, Event> {
  if (!early.has(seq)) return early;
  const rest = new Map(early);
  rest.delete(seq);
  return rest;
}

function fromMessage({ seq, ordinal, senderId, text, clientId, createTime }: Message): LogMessage {
  return { seq, ordinal, senderId, text, clientId, createTime: millis(createTime) };
}

function millis(time: Message["createTime"]): number {
  return time ? Number(time.seconds) * 1000 + Math.floor(time.nanos / 1e6) : 0;
}
