// Whether conversations are kept on this device, in words.
import type { ReactElement } from "react";
import { useStore } from "zustand";
import { useChat } from "../../chat/use-chat";
import type { ShelfState } from "../../kept/shelf";

const WORDS: Record<ShelfState, string> = {
  opening: "Looking what is kept here…",
  kept: "Conversations are kept in this browser, so that they are there at once and without a net. They are removed when you log out.",
  refused: "This browser keeps nothing, as in a private window: conversations are fetched anew each time, and cannot be read without a net.",
  full: "This device has no room left: what is new is not kept on it, and is fetched anew each time.",
};

/** One paragraph. */
export function KeptLine(): ReactElement {
  const { shelf } = useChat();
  const state = useStore(shelf.store);
  return (
    <p data-kept={state} className="text-sm">
      {WORDS[state]}
    </p>
  );
}
