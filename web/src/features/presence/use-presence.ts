// What components ask of presence.
import { useStore } from "zustand";
import { useChat } from "../../chat/use-chat";
import type { Seen } from "./presence";

/** Whether somebody is there; nothing is known while we are not online ourselves. */
export function useSeen(userId: string | undefined): Seen | undefined {
  const { live, presence } = useChat();
  const isOnline = useStore(live.connection) === "online";
  const seen = useStore(presence.store, (all) => (userId ? all.get(userId) : undefined));
  return isOnline ? seen : undefined;
}
