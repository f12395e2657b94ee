// What components ask of the marks of a conversation.
import { useEffect, useMemo } from "react";
import { useStore } from "zustand";
import { useChat } from "../../chat/use-chat";
import type { Conversation } from "../conversations/conversation";
import { MARKS_MAX } from "./marks";
import { type Readers, readersOf } from "./read-state";

/** Where everybody else is; asked for when the conversation is opened, and when its members change. */
export function useReaders({ id, log, revision, memberCount }: Conversation): Readers {
  const { marks, me } = useChat();
  const known = useStore(marks.store, (all) => all.get(id));
  const isTold = memberCount <= MARKS_MAX;
  useEffect(() => {
    if (isTold) void marks.load(id);
  }, [marks, id, revision, isTold]);
  return useMemo(() => readersOf(log.messages, isTold ? known : undefined, me.userId), [log.messages, known, isTold, me.userId]);
}
