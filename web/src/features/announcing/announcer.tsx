// Reads out that somebody has said something where one does not look, to those
// who have the page read aloud. What is said where one does look is read out there.
import type { ReactElement } from "react";
import { useStore } from "zustand";
import { useRoute } from "../../app/route";
import { nameOf, useChat, usePerson } from "../../chat/use-chat";
import { say } from "../../words/say";
import { isMuted, useConversation } from "../conversations/use-conversations";

/** The newest only: a screen full of news is in the list. */
export function Announcer(): ReactElement {
  const heard = useStore(useChat().heard);
  const route = useRoute();
  const conversation = useConversation(heard?.conversationId ?? "");
  const sender = usePerson(heard?.senderId);
  const isOpen = route.place === "conversation" && route.id === heard?.conversationId;
  return (
    <div role="status" data-testid="heard" className="sr-only">
      {conversation && sender && !isOpen && !isMuted(conversation) && say("announce.elsewhere", { name: nameOf(sender) })}
    </div>
  );
}
