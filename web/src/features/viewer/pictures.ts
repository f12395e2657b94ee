// Which pictures one can go through from one of them. Pure.
import type { Attachment } from "../../log/attachment";
import type { LogMessage } from "../../log/log";

/** All that are held of a conversation, the oldest first; those of the message alone, if it is from long before. */
export function picturesOf(messages: readonly LogMessage[], { seq, attachments }: Pick<LogMessage, "seq" | "attachments">): readonly Attachment[] {
  const isHeld = messages.some((message) => message.seq === seq);
  const all = isHeld ? messages.flatMap((message) => message.attachments) : attachments;
  return all.filter(({ kind }) => kind === "image");
}
