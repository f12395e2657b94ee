// What components ask of the conversations.
import { useMemo } from "react";
import { useStore } from "zustand";
import { useChat } from "../../chat/use-chat";
import { lastMessage, unreadCount } from "../../log/log";
import { type Conversation, lastTime } from "./conversations";

/** One conversation, if it is known. */
export function useConversation(id: string): Conversation | undefined {
  const { conversations } = useChat();
  return useStore(conversations.store, ({ byId }) => byId.get(id));
}

/** Those in which something was said, and the selected one; the newest first. */
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

/** The other person of a conversation between two. */
export function otherOf({ memberIds }: Conversation, me: string): string | undefined {
  return memberIds.find((id) => id !== me);
}

function sorted(conversations: readonly Conversation[], selected: string | undefined): readonly Conversation[] {
  const shown = conversations.filter(({ id, log }) => id === selected || lastMessage(log));
  return shown.sort((a, b) => lastTime(b) - lastTime(a) || (a.id < b.id ? -1 : 1));
}
