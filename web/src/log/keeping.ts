// What of a log is kept over a reload, and how it is taken up again. Pure: the
// database does what is decided here.
//
// What is kept of a conversation is always what a log says that has taken in
// every event up to `upTo`: its newest messages, without a hole.
import { NO_ATTACHMENTS } from "./attachment";
import type { Change, Log, LogMessage } from "./log";
import type { Note } from "./notes";

/** What is kept of a conversation beside its messages. */
export interface KeptHead extends Pick<Log, "upTo" | "lastOrdinal" | "readOrdinal" | "pinsSeq" | "title" | "firstSeq"> {
  /** The newest message: enough for a list. */
  readonly last: LogMessage | undefined;
  /** The oldest message that is kept. */
  readonly oldestSeq: bigint;
  /** What else happened; what an earlier version kept has none. */
  readonly notes?: readonly Note[];
}

/** What is to be done so that what is kept says what the log says. */
export interface Keeping {
  readonly head: KeptHead;
  /** Messages before this one are not to be kept any longer. */
  readonly dropBelow: bigint;
  readonly put: readonly LogMessage[];
  /** What became of messages that may be kept, but are not held. */
  readonly amend: ReadonlyMap<bigint, Change>;
}

/**
 * What is to be done to keep `log`, when `saved` is what this tab kept last and
 * `kept` is what is there now. Nothing, if another tab was further.
 */
export function keepingOf(log: Log, saved: Log | undefined, kept: KeptHead | undefined): Keeping | undefined {
  if (kept && kept.upTo > log.upTo) return undefined;
  const oldest = log.messages[0];
  // A log that begins here does not know what has become of what was kept before.
  const isNew = !kept || !saved || hasHole(log, kept) || log.forgotten > saved.forgotten;
  const dropBelow = later(log.firstSeq, isNew ? (oldest?.seq ?? log.upTo + 1n) : 0n);
  const put = isNew ? log.messages : putOf(log, saved, kept);
  const amend = new Map(isNew ? [] : [...log.changes].filter(([seq, change]) => seq >= kept.oldestSeq && saved.changes.get(seq) !== change));
  return { dropBelow, put, amend, head: headOf(log, oldestOf(put, isNew ? undefined : kept, dropBelow)) };
}

/** The log that goes on from what was kept. */
export function takeUp({ upTo, lastOrdinal, readOrdinal, pinsSeq, title, firstSeq, last, notes = [] }: KeptHead): Log {
  const messages = last ? [fromKept(last)] : [];
  return { upTo, head: upTo, early: new Map(), messages, lastOrdinal, readOrdinal, changes: new Map(), forgotten: 0, firstSeq, pinsSeq, title, notes, hasLeft: false };
}

/** The same with the newest of the messages that are kept, as far as they go on to it without a hole. */
export function takeUpWith(head: KeptHead, newest: readonly LogMessage[]): Log {
  const log = takeUp(head);
  const before = newest.filter(({ seq }) => seq < (head.last?.seq ?? 0n));
  return joins(before, log) ? { ...log, messages: [...before, ...log.messages] } : log;
}

/** A message as it is held; what an earlier version kept says nothing of attachments. */
export function fromKept(message: LogMessage): LogMessage {
  return "attachments" in message ? message : Object.assign({ attachments: NO_ATTACHMENTS }, message);
}

/** Whether messages, in order, go on without a hole to those that are held. Another tab may have dropped some. */
export function joins(messages: readonly LogMessage[], { messages: [first], lastOrdinal }: Log): boolean {
  return messages.at(-1)?.ordinal === (first ? first.ordinal - 1n : lastOrdinal);
}

/** Whether messages are missing between what is kept and what is held. */
function hasHole({ messages: [oldest], lastOrdinal }: Log, kept: KeptHead): boolean {
  return oldest ? oldest.ordinal > kept.lastOrdinal + 1n : lastOrdinal > kept.lastOrdinal;
}

/** What is held otherwise than it was kept; with whatever is between, if it is older than all that is kept. */
function putOf(log: Log, saved: Log, kept: KeptHead): readonly LogMessage[] {
  const put = differing(log.messages, saved.messages);
  const [first] = put;
  if (!first || first.seq >= kept.oldestSeq) return put;
  const before = log.messages.filter(({ seq }) => seq < kept.oldestSeq);
  return [...before, ...put.filter(({ seq }) => seq >= kept.oldestSeq)];
}

/** Both in order. Messages never change: another look is another object. */
function differing(messages: readonly LogMessage[], before: readonly LogMessage[]): readonly LogMessage[] {
  if (messages === before) return [];
  let at = 0;
  return messages.filter((message) => {
    while ((before[at]?.seq ?? message.seq) < message.seq) at += 1;
    return before[at] !== message;
  });
}

function oldestOf(put: readonly LogMessage[], kept: KeptHead | undefined, dropBelow: bigint): bigint | undefined {
  const first = put[0]?.seq;
  const before = kept && kept.last ? later(kept.oldestSeq, dropBelow) : undefined;
  if (first === undefined || before === undefined) return first ?? before;
  return first < before ? first : before;
}

function headOf({ upTo, lastOrdinal, readOrdinal, pinsSeq, title, firstSeq, messages, notes }: Log, oldestSeq = upTo + 1n): KeptHead {
  return { upTo, lastOrdinal, readOrdinal, pinsSeq, title, firstSeq, last: messages.at(-1), oldestSeq, notes };
}

function later(first: bigint, second: bigint): bigint {
  return first > second ? first : second;
}
