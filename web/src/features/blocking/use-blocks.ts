// What components ask of those whom one has blocked.
import { useEffect } from "react";
import { useStore } from "zustand";
import { useChat } from "../../chat/use-chat";

/** Whether one has blocked somebody; not while that is not known. */
export function useIsBlocked(userId: string | undefined): boolean {
  const { blocks } = useChat();
  useEffect(() => {
    // Not knowing only means that the server will say so when one writes.
    if (userId) blocks.load().catch(() => {});
  }, [blocks, userId]);
  return useStore(blocks.store, (ids) => userId !== undefined && (ids?.includes(userId) ?? false));
}
