// What components ask of a message that is answered.
import { useEffect } from "react";
import { useStore } from "zustand";
import { useChat } from "../../chat/use-chat";
import { type Quoted, quoteKey } from "./quotes";

/** The message: `held` if it is, else fetched; `undefined` until it is there. */
export function useQuoted(conversationId: string, seq: bigint, held: Quoted | undefined): Quoted | undefined {
  const { quotes } = useChat();
  const fetched = useStore(quotes.store, (all) => all.get(quoteKey(conversationId, seq)));
  const isHeld = held !== undefined;
  useEffect(() => {
    if (!isHeld) quotes.need(conversationId, seq);
  }, [quotes, conversationId, seq, isHeld]);
  return held ?? fetched;
}
