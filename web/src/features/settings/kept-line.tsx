// Whether conversations are kept on this device, in words.
import type { ReactElement } from "react";
import { useStore } from "zustand";
import { useChat } from "../../chat/use-chat";
import type { ShelfState } from "../../kept/shelf";
import "../../words/of-settings";
import { type PlainPhrase, say } from "../../words/say";

const PHRASES: Record<ShelfState, PlainPhrase> = {
  opening: "kept.opening",
  kept: "kept.kept",
  refused: "kept.refused",
  full: "kept.full",
};

/** One paragraph. */
export function KeptLine(): ReactElement {
  const { shelf } = useChat();
  const state = useStore(shelf.store);
  return (
    <p data-kept={state} className="text-sm">
      {say(PHRASES[state])}
    </p>
  );
}
