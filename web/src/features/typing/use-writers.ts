// What components ask of who is writing.
import { useStore } from "zustand";
import { nameOf, useChat } from "../../chat/use-chat";
import { writingWords } from "./typing";

/** Who is writing in a conversation, in words; empty if nobody is. */
export function useWritingWords(conversationId: string): string {
  const { people, typing } = useChat();
  const writers = useStore(typing.store, (all) => all.get(conversationId));
  const known = useStore(people.store);
  return writingWords([...(writers?.keys() ?? [])].map((id) => nameOf(known.get(id))));
}
