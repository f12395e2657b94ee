// What the marks of others say of single messages. Pure.
import type { LogMessage } from "../../log/log";
import type { Mark } from "./marks";

/** How far a message of one's own has come. */
export type Reach = "sent" | "delivered" | "read";

/** Where everybody else is in a conversation. */
export interface Readers {
  /** Up to here everybody has read, and everybody has got; 0 if it is not known. */
  readonly readByAll: bigint;
  readonly deliveredToAll: bigint;
  /** Who has read up to a message and not beyond, by its `seq`. */
  readonly at: ReadonlyMap<bigint, readonly string[]>;
}

const UNKNOWN: Readers = { readByAll: 0n, deliveredToAll: 0n, at: new Map() };

/** Puts together what is known of the others. Whoever says something has read what was said before. */
export function readersOf(messages: readonly LogMessage[], marks: ReadonlyMap<string, Mark> | undefined, me: string): Readers {
  const others = [...(marks ?? [])].filter(([userId]) => userId !== me);
  if (others.length === 0) return UNKNOWN;
  const at = new Map<bigint, string[]>();
  const spoken = lastSaid(messages, new Set(others.map(([userId]) => userId)));
  let readByAll: bigint | undefined;
  let deliveredToAll: bigint | undefined;
  for (const [userId, { readSeq, deliveredSeq }] of others) {
    const said = spoken.get(userId) ?? 0n;
    const read = said > readSeq ? said : readSeq;
    const delivered = read > deliveredSeq ? read : deliveredSeq;
    const last = messages.findLast(({ seq }) => seq <= read);
    // That somebody has read what they said themselves goes without saying.
    if (last && last.senderId !== userId) at.set(last.seq, [...(at.get(last.seq) ?? []), userId]);
    readByAll = readByAll === undefined || read < readByAll ? read : readByAll;
    deliveredToAll = deliveredToAll === undefined || delivered < deliveredToAll ? delivered : deliveredToAll;
  }
  return { readByAll: readByAll ?? 0n, deliveredToAll: deliveredToAll ?? 0n, at };
}

/** What each of them said last, from the end on: in a long conversation mostly not far. */
function lastSaid(messages: readonly LogMessage[], people: ReadonlySet<string>): ReadonlyMap<string, bigint> {
  const said = new Map<string, bigint>();
  for (let place = messages.length - 1; place >= 0 && said.size < people.size; place -= 1) {
    const { senderId, seq } = messages[place]!;
    if (people.has(senderId) && !said.has(senderId)) said.set(senderId, seq);
  }
  return said;
}

/** How far the message `seq` has come. */
export function reachOf({ readByAll, deliveredToAll }: Readers, seq: bigint): Reach {
  if (seq <= readByAll) return "read";
  return seq <= deliveredToAll ? "delivered" : "sent";
}
