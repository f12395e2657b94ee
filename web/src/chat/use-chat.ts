// How components reach the client of the person who is signed in.
import { createContext, useContext, useEffect } from "react";
import { useStore } from "zustand";
import type { Person } from "../features/people/people";
import { say } from "../words/say";
import type { Chat } from "./chat";

/** Set for everything below the shell. */
export const ChatContext = createContext<Chat | undefined>(undefined);

/** The client of the person who is signed in. */
export function useChat(): Chat {
  const chat = useContext(ChatContext);
  if (!chat) throw new Error("useChat is for components below the shell");
  return chat;
}

/** Somebody, fetched if need be. */
export function usePerson(id: string | undefined): Person {
  const { people } = useChat();
  useEffect(() => {
    if (id) people.need([id]);
  }, [people, id]);
  return useStore(people.store, (known) => (id ? known.get(id) : null));
}

/** What to call somebody. */
export function nameOf(person: Person): string {
  return person?.name ?? (person === null ? say("people.left") : "…");
}
