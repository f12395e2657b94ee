// What somebody wrote: what nobody would see of it is shown, and takes no effect.
import type { ReactNode } from "react";
import { piecesOf } from "./unseen";

/** Every character is still there, and is copied along. */
export function Written({ text }: { readonly text: string }): ReactNode {
  const pieces = piecesOf(text);
  if (pieces.length < 2 && !pieces[0]?.mark) return text;
  return pieces.map(({ text: words, mark }, place) =>
    mark === "" ? (
      words
    ) : (
      // Alone in an element that keeps its direction to itself, a character turns nothing.
      <span key={place} className="unseen" data-mark={mark}>
        {words}
      </span>
    ),
  );
}
