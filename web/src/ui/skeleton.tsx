// Grey shapes where something is about to be.
import type { ReactElement } from "react";

/** Rows of people or conversations that are being fetched. */
export function ListSkeleton({ label }: { readonly label: string }): ReactElement {
  return (
    <div role="status" aria-label={label} className="appear-late flex flex-col gap-1 p-2">
      {["w-24", "w-36", "w-28", "w-20", "w-32"].map((width) => (
        <div key={width} className="flex items-center gap-3 p-2">
          <div className="skeleton size-10 rounded-full!" />
          <div className="flex flex-1 flex-col gap-2">
            <div className={`skeleton h-3 ${width}`} />
            <div className="skeleton h-2.5 w-4/5" />
          </div>
        </div>
      ))}
    </div>
  );
}

/** Bubbles that are being fetched. */
export function BubblesSkeleton({ label }: { readonly label: string }): ReactElement {
  return (
    <div role="status" aria-label={label} className="appear-late flex flex-1 flex-col justify-end gap-3 p-4">
      {["w-48", "w-64 self-end", "w-36", "w-56", "w-40 self-end"].map((place) => (
        <div key={place} className={`skeleton h-10 max-w-full rounded-2xl! ${place}`} />
      ))}
    </div>
  );
}
