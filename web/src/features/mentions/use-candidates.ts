// Who can be meant in a conversation.
import { useEffect, useMemo } from "react";
import { useStore } from "zustand";
import { useChat } from "../../chat/use-chat";
import type { Conversation } from "../conversations/conversation";
import { isGroup } from "../conversations/use-conversations";
import type { Candidate } from "./mentions";

const NOBODY: readonly Candidate[] = [];

/** The members of a group as far as they are known here; between two people nobody needs to be named. */
export function useCandidates(conversation: Conversation): readonly Candidate[] {
  const { me, marks, people } = useChat();
  const { id, memberIds, log } = conversation;
  const members = useStore(marks.store, (all) => all.get(id));
  const known = useStore(people.store);
  const isForGroup = isGroup(conversation);
  const ids = useMemo(
    () => (isForGroup ? [...new Set([...memberIds, ...(members?.keys() ?? []), ...log.messages.map(({ senderId }) => senderId)])].filter((userId) => userId !== me.userId) : []),
    [isForGroup, memberIds, members, log.messages, me.userId],
  );
  useEffect(() => people.need(ids), [people, ids]);
  return useMemo(() => {
    if (ids.length === 0) return NOBODY;
    return ids.flatMap((userId) => ({ userId, name: known.get(userId)?.name ?? "" })).filter(({ name }) => name !== "");
  }, [ids, known]);
}
