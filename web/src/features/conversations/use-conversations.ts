// What components ask of the conversations.
import { useCallback, useMemo } from "react";
import { useStore } from "zustand";
import { nameOf, useChat, usePerson } from "../../chat/use-chat";
import { ConversationKind } from "../../gen/confab/message/v1/conversation_service_pb";
import { lastMessage, unreadCount } from "../../log/log";
import { type Conversation, lastTime } from "./conversation";

/** One conversation, if it is known. */
export function useConversation(id: string): Conversation | undefined {
  const { conversations } = useChat();
  return useStore(conversations.store, ({ byId }) => byId.get(id));
}

/** Groups, those in which something was said, and the selected one; the newest first. Either what is put away, or the rest. */
export function useConversationList(selected: string | undefined, isArchive: boolean): readonly Conversation[] {
  const { conversations } = useChat();
  const byId = useStore(conversations.store, (state) => state.byId);
  return useMemo(() => sorted([...byId.values()].filter(({ isArchived }) => isArchived === isArchive), selected), [byId, selected, isArchive]);
}

/** How many messages are unread in all conversations together, but for those one wants to hear nothing of. */
export function useUnreadTotal(): number {
  const { conversations } = useChat();
  return useStore(conversations.store, ({ byId }) => [...byId.values()].reduce((sum, one) => sum + (isMuted(one) ? 0 : unreadCount(one.log)), 0));
}

/** What stands for a conversation. */
export interface Face {
  readonly id: string;
  readonly name: string;
  readonly shape: "person" | "group";
  /** Its picture; empty if it has none. */
  readonly pictureId: string;
}

/** The title of a group, or the other person. */
export function useFace(conversation: Conversation): Face {
  const { me } = useChat();
  const otherId = otherOf(conversation, me.userId);
  const other = usePerson(otherId);
  const ofOther = { id: otherId ?? conversation.id, name: conversation.log.title ?? nameOf(other), pictureId: other?.pictureId ?? "" };
  return isGroup(conversation) ? { ...ofOther, shape: "group", pictureId: conversation.pictureId } : { ...ofOther, shape: "person" };
}

/** What every conversation is called: for lists that are searched. */
export function useConversationNames(): (conversation: Conversation) => string {
  const { me, people } = useChat();
  const known = useStore(people.store);
  return useCallback(
    (conversation) => {
      const otherId = otherOf(conversation, me.userId);
      return conversation.log.title ?? nameOf(otherId ? known.get(otherId) : null);
    },
    [me.userId, known],
  );
}

/** Whether there are more people in it than oneself and one other, or may be. */
export function isGroup({ kind }: Conversation): boolean {
  return kind === ConversationKind.GROUP;
}

/** Whether one wants to hear nothing of it now. */
export function isMuted({ muteUntil }: Conversation): boolean {
  return muteUntil > Date.now();
}

/** The other one, if there is only one. */
export function otherOf(conversation: Conversation, me: string): string | undefined {
  return isGroup(conversation) ? undefined : conversation.memberIds.find((id) => id !== me);
}

function sorted(conversations: readonly Conversation[], selected: string | undefined): readonly Conversation[] {
  // Others put one into a group; a conversation of two without a word was only looked at.
  const shown = conversations.filter((conversation) => conversation.id === selected || isGroup(conversation) || lastMessage(conversation.log));
  return shown.sort((a, b) => lastTime(b) - lastTime(a) || (a.id < b.id ? -1 : 1));
}
