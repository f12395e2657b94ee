// Notices that messages have been seen.
import { useEffect, useSyncExternalStore } from "react";
import { useChat } from "../../chat/use-chat";
import { lastMessage, unreadCount } from "../../log/log";
import { useConversation } from "../conversations/use-conversations";

/** Marks a conversation read while its end is in sight and somebody is looking. */
export function useReading(id: string, isEndInSight: boolean): void {
  const { readMarks } = useChat();
  const log = useConversation(id)?.log;
  const isLooking = useSyncExternalStore(subscribe, () => document.visibilityState === "visible" && document.hasFocus());
  const seq = log && lastMessage(log)?.seq;
  const hasUnread = log !== undefined && unreadCount(log) > 0;

  useEffect(() => {
    if (isLooking && isEndInSight && hasUnread && seq !== undefined) readMarks.mark(id, seq);
  }, [readMarks, id, isLooking, isEndInSight, hasUnread, seq]);
}

function subscribe(changed: () => void): () => void {
  const life = new AbortController();
  const { signal } = life;
  addEventListener("focus", changed, { signal });
  addEventListener("blur", changed, { signal });
  document.addEventListener("visibilitychange", changed, { signal });
  return () => life.abort();
}
