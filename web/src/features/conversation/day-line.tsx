// Which day begins.
import type { ReactElement } from "react";
import { dayName } from "../../ui/time";

/** A line across, with the name of the day. */
export function DayLine({ time }: { readonly time: number }): ReactElement {
  return (
    <div className="flex items-center gap-3 py-4 text-xs text-muted">
      <span className="h-px flex-1 bg-line" />
      <time dateTime={new Date(time).toISOString().slice(0, 10)}>{dayName(time, Date.now())}</time>
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}
