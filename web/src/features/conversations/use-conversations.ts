// What components ask of the conversations.
import { useMemo } from "react";
import { useStore } from "zustand";
import { nameOf, useChat, usePerson } from "../../chat/use-chat";
import { ConversationKind } from "../../gen/confab/message/v1/conversation_service_pb";
import { lastMessage, unreadCount } from "../../log/log";
import { type Conversation, lastTime } from "./conversations";

/** One conversation, if it is known. */
export function useConversation(id: string): Conversation | undefined {
  const { conversations } = useChat();
  return useStore(conversations.store, ({ byId }) => byId.get(id));
}

/** Groups, those in which something was said, and the selected one; the newest first. */
export function useConversationList(selected: string | undefined): readonly Conversation[] {
  const { conversations } = useChat();
  const byId = useStore(conversations.store, (state) => state.byId);
  return useMemo(() => sorted([...byId.values()], selected), [byId, selected]);
}

/** How many messages are unread in all conversations together. */
export function useUnreadTotal(): number {
  const { conversations } = useChat();
  return useStore(conversations.store, ({ byId }) => [...byId.values()].reduce((sum, { log }) => sum + unreadCount(log), 0));
}

/** What stands for a conversation: the title of a group, or the other person. */
export function useFace(conversation: Conversation): { readonly id: string; readonly name: string } {
  const { me } = useChat();
  const otherId = otherOf(conversation, me.userId);
  const other = nameOf(usePerson(otherId));
  return { id: otherId ?? conversation.id, name: conversation.log.title ?? other };
}

/** Whether there are more people in it than oneself and one other, or may be. */
export function isGroup({ kind }: Conversation): boolean {
  return kind === ConversationKind.GROUP;
}

function otherOf(conversation: Conversation, me: string): string | undefined {
  return isGroup(conversation) ? undefined : conversation.memberIds.find((id) => id !== me);
}

function sorted(conversations: readonly Conversation[], selected: string | undefined): readonly Conversation[] {
  // Others put one into a group; a conversation of two without a word was only looked at.
  const shown = conversations.filter((conversation) => conversation.id === selected || isGroup(conversation) || lastMessage(conversation.log));
  return shown.sort((a, b) => lastTime(b) - lastTime(a) || (a.id < b.id ? -1 : 1));
}
