// Histories for tests: what a server would have stored and said.
import { create } from "@bufbuild/protobuf";
import { type Event, EventSchema } from "../gen/confab/message/v1/event_pb";
import { type Message, MessageSchema } from "../gen/confab/message/v1/message_pb";

export const ME = "me";
export const OTHER = "other";

/** The events 1 to `count` of a conversation: every fourth is of a kind this client does not know, every third message is ours. */
export function sampleHistory(count: number, conversationId = "c"): Event[] {
  let ordinal = 0n;
  return Array.from({ length: count }, (_, place) => {
    const seq = BigInt(place + 1);
    const actorId = place % 3 === 2 ? ME : OTHER;
    const createTime = { seconds: 1_700_000_000n + seq, nanos: 0 };
    if (place % 4 === 3) return create(EventSchema, { conversationId, seq, actorId, createTime });
    ordinal += 1n;
    const value = { ordinal, text: `text ${seq}`, clientId: `client ${seq}` };
    return create(EventSchema, { conversationId, seq, actorId, createTime, kind: { case: "messageSent", value } });
  });
}

/** The message that an event brought into the world. */
export function messageOf(event: Event): Message | undefined {
  if (event.kind.case !== "messageSent") return undefined;
  const { seq, actorId, conversationId, createTime } = event;
  const { ordinal, text, clientId } = event.kind.value;
  return create(MessageSchema, { conversationId, seq, ordinal, senderId: actorId, text, clientId, createTime });
}

/** Chance that comes out the same each time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
