// Three dots that move while somebody writes.
import type { ReactElement } from "react";
import { useWritingWords } from "./use-writers";

/** Stands at the end of the messages, above what scrolls. */
export function WritingLine({ conversationId }: { readonly conversationId: string }): ReactElement | null {
  const words = useWritingWords(conversationId);
  if (words === "") return null;
  return (
    <p data-testid="writing" className="floats pointer-events-none absolute start-4 bottom-1 flex max-w-[calc(100%-2rem)] items-center gap-2 rounded-full bg-panel px-3 py-1 text-xs text-muted shadow-xs">
      <span aria-hidden="true" className="flex gap-0.5">
        {[0, 1, 2].map((place) => (
          <span key={place} className={`writing-dot writing-dot-${place} size-1.5 rounded-full bg-muted`} />
        ))}
      </span>
      <span className="truncate">{words}</span>
    </p>
  );
}
