// The event that a stored message came into the world with.
import { create } from "@bufbuild/protobuf";
import { type Event, EventSchema } from "../../gen/confab/message/v1/event_pb";
import type { Message } from "../../gen/confab/message/v1/message_pb";

/** What the message has become since then is told by the events that follow. */
export function eventOf({ conversationId, seq, ordinal, senderId, text, clientId, createTime, deleteTime, replyToSeq, mentionIds, forwardedFrom, attachments }: Message): Event {
  return create(EventSchema, {
    conversationId,
    seq,
    actorId: senderId,
    createTime,
    kind: { case: "messageSent", value: { ordinal, text, clientId, replyToSeq, mentionIds, forwardedFrom, attachments, deleted: deleteTime !== undefined } },
  });
}
