// Says which day is in sight while one reads what was said before, and leads
// to others.
import { lazy, type ReactElement, Suspense, useState } from "react";
import { Icon } from "../../ui/icons";
import { dayName } from "../../ui/time";
import { say } from "../../words/say";

/** Fetched when somebody wants to go somewhere. */
const DateDialog = lazy(() => import("./date-dialog"));

/** Stands above the messages. */
export function DayChip({ time, onJump }: { readonly time: number; readonly onJump: (time: number) => void }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <button
        type="button"
        title={say("day.title")}
        onClick={() => setAsking(true)}
        className="absolute inset-x-0 top-2 mx-auto flex w-fit items-center gap-1.5 rounded-full border border-line bg-panel/95 px-3 py-1 text-xs text-muted shadow-xs hover:bg-raised hover:text-ink"
      >
        <Icon name="calendar" className="size-3.5" />
        <span className="sr-only">{say("day.goTo")} </span>
        {dayName(time, Date.now())}
      </button>
      {isAsking && (
        <Suspense>
          <DateDialog time={time} onChoose={onJump} onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </>
  );
}
