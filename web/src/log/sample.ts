// Histories for tests: what a server would have stored and said.
import { create } from "@bufbuild/protobuf";
import {
  type Event,
  EventSchema,
  MessageDeletedSchema,
  MessageEditedSchema,
  MessagePinnedSchema,
  MessageSentSchema,
  MessageUnpinnedSchema,
  ReactionAddedSchema,
  ReactionRemovedSchema,
} from "../gen/confab/message/v1/event_pb";
import { MediaKind } from "../gen/confab/media/v1/media_pb";
import { type Attachment, AttachmentSchema, type Message, MessageSchema, ReactionSchema } from "../gen/confab/message/v1/message_pb";

export const ME = "me";
export const OTHER = "other";
const EMOJI = ["👍", "🎉"];

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

/** The events 1 to `count` of a conversation in which messages are also edited, deleted, pinned and given emoji, by chance. */
export function changingHistory(count: number, random: () => number, conversationId = "c"): Event[] {
  const kept: bigint[] = [];
  let ordinal = 0n;
  return Array.from({ length: count }, (_, place) => {
    const seq = BigInt(place + 1);
    const actorId = random() < 0.3 ? ME : OTHER;
    const createTime = { seconds: 1_700_000_000n + seq, nanos: 0 };
    const at = Math.floor(random() * kept.length);
    const targetSeq = kept[at];
    const chance = random();
    let kind: Event["kind"] = { case: undefined };
    if (targetSeq !== undefined && chance < 0.3) {
      kind = { case: "messageEdited", value: create(MessageEditedSchema, { targetSeq, text: `edit ${seq}` }) };
    } else if (targetSeq !== undefined && chance < 0.45) {
      kept.splice(at, 1);
      kind = { case: "messageDeleted", value: create(MessageDeletedSchema, { targetSeq }) };
    } else if (targetSeq !== undefined && chance < 0.6) {
      kind = chanceOnMessage(targetSeq, random);
    } else if (chance < 0.9) {
      ordinal += 1n;
      kept.push(seq);
      kind = { case: "messageSent", value: create(MessageSentSchema, { ordinal, text: `text ${seq}`, clientId: `client ${seq}`, attachments: random() < 0.3 ? [sampleAttachment(seq)] : [] }) };
    }
    return create(EventSchema, { conversationId, seq, actorId, createTime, ordinal, kind });
  });
}

/** A picture. */
function sampleAttachment(seq: bigint): Attachment {
  return create(AttachmentSchema, { mediaId: `media ${seq}`, kind: MediaKind.IMAGE, name: "a.png", size: seq, width: 4, height: 3, blurhash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj" });
}

/** What becomes of a message beside its words. */
function chanceOnMessage(targetSeq: bigint, random: () => number): Event["kind"] {
  const emoji = EMOJI[Math.floor(random() * EMOJI.length)] ?? "";
  const chance = random();
  if (chance < 0.5) return { case: "reactionAdded", value: create(ReactionAddedSchema, { targetSeq, emoji }) };
  if (chance < 0.7) return { case: "reactionRemoved", value: create(ReactionRemovedSchema, { targetSeq, emoji }) };
  if (chance < 0.9) return { case: "messagePinned", value: create(MessagePinnedSchema, { targetSeq }) };
  return { case: "messageUnpinned", value: create(MessageUnpinnedSchema, { targetSeq }) };
}

/** The messages as a server lists them once `head` events have happened, the oldest first. */
export function messagesAt(history: readonly Event[], head: number): Message[] {
  const bySeq = new Map<bigint, Message>();
  for (const event of history.slice(0, head)) {
    const sent = messageOf(event);
    if (sent) bySeq.set(sent.seq, sent);
    const target = event.kind.value && "targetSeq" in event.kind.value ? bySeq.get(event.kind.value.targetSeq) : undefined;
    if (target) change(target, event);
  }
  return [...bySeq.values()];
}

function change(message: Message, { kind, createTime, actorId }: Event): void {
  if (kind.case === "messageEdited") Object.assign(message, { text: kind.value.text, editTime: createTime });
  if (kind.case === "messageDeleted") Object.assign(message, { text: "", editTime: undefined, deleteTime: createTime, pinned: false, reactions: [], attachments: [] });
  if (kind.case === "messagePinned" || kind.case === "messageUnpinned") message.pinned = kind.case === "messagePinned";
  if (kind.case !== "reactionAdded" && kind.case !== "reactionRemoved") return;
  const { emoji } = kind.value;
  const before = message.reactions.find((reaction) => reaction.emoji === emoji)?.userIds ?? [];
  const userIds = before.filter((id) => id !== actorId).concat(kind.case === "reactionAdded" ? [actorId] : []);
  const others = message.reactions.filter((reaction) => reaction.emoji !== emoji);
  const after = userIds.length > 0 ? [create(ReactionSchema, { emoji, count: userIds.length, userIds, mine: userIds.includes(ME) })] : [];
  message.reactions = [...others, ...after].sort((a, b) => (a.emoji < b.emoji ? -1 : 1));
}

/** The events as a server lists them once `head` events have happened: nothing is left of what was deleted by then. */
export function eventsAt(history: readonly Event[], head: number): Event[] {
  const deleted = new Set(history.slice(0, head).map(({ kind }) => (kind.case === "messageDeleted" ? kind.value.targetSeq : undefined)));
  return history.slice(0, head).map((event) => {
    const { kind, seq } = event;
    if (kind.case === "messageSent" && deleted.has(seq)) return { ...event, kind: { case: kind.case, value: { ...kind.value, text: "", attachments: [], deleted: true } } };
    if (kind.case !== "messageEdited" || !deleted.has(kind.value.targetSeq)) return event;
    return { ...event, kind: { case: kind.case, value: { ...kind.value, text: "", deleted: true } } };
  });
}

/** The message that an event brought into the world. */
export function messageOf(event: Event): Message | undefined {
  if (event.kind.case !== "messageSent") return undefined;
  const { seq, actorId, conversationId, createTime } = event;
  const { ordinal, text, clientId, attachments } = event.kind.value;
  return create(MessageSchema, { conversationId, seq, ordinal, senderId: actorId, text, clientId, createTime, attachments });
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
