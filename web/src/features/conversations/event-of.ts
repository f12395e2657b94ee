// The event that a stored message came into the world with.
import { create } from "@bufbuild/protobuf";
import { type Event, EventSchema } from "../../gen/confab/message/v1/event_pb";
import type { Message } from "../../gen/confab/message/v1/message_pb";

/** Only right for a message that has never been changed: one that was just sent. */
export function eventOf({ conversationId, seq, ordinal, senderId, text, clientId, createTime }: Message): Event {
  return create(EventSchema, {
    conversationId,
    seq,
    actorId: senderId,
    createTime,
    kind: { case: "messageSent", value: { ordinal, text, clientId } },
  });
}
