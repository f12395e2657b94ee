// Reads out what is said, to those who have the page read aloud.
import type { ReactElement } from "react";
import { useStore } from "zustand";
import { useRoute } from "../../app/route";
import { nameOf, useChat, usePerson } from "../../chat/use-chat";
import { messageAt } from "../../log/log";
import { say } from "../../words/say";
import { isMuted, useConversation } from "../conversations/use-conversations";

/** The beginning of a long message is enough to know whether to go there. */
const TEXT_CHARS_MAX = 300;

/** Only what is new: what is loaded when one looks back is not said by anybody now. */
export function Announcer(): ReactElement {
  const heard = useStore(useChat().heard);
  const route = useRoute();
  const conversation = useConversation(heard?.conversationId ?? "");
  const sender = usePerson(heard?.senderId);
  const message = heard && conversation && messageAt(conversation.log, heard.seq);
  const isOpen = route.place === "conversation" && route.id === heard?.conversationId;
  const isSilent = !message || message.isDeleted || (isMuted(conversation) && !isOpen);
  return (
    <div role="status" className="sr-only">
      {!isSilent && (isOpen ? `${nameOf(sender)}: ${[...message.text].slice(0, TEXT_CHARS_MAX).join("")}` : say("announce.elsewhere", { name: nameOf(sender) }))}
    </div>
  );
}
