// Asks for a day to go to.
import { type ReactElement, useState } from "react";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { say } from "../../words/say";

interface DateDialogProps {
  /** The day one is at, in milliseconds since 1970. */
  readonly time: number;
  /** The beginning of the day that was chosen, where the reader is. */
  readonly onChoose: (time: number) => void;
  readonly onClose: () => void;
}

/** The browser's own calendar: every language and every keyboard knows it. */
export default function DateDialog({ time, onChoose, onClose }: DateDialogProps): ReactElement {
  const [day, setDay] = useState(() => dayOf(time));
  const begin = beginOf(day);
  return (
    <Dialog title={say("day.title")} onClose={onClose} className="max-w-xs">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (begin === undefined) return;
          onClose();
          onChoose(begin);
        }}
      >
        <label className="flex flex-col gap-1 text-sm font-medium">
          {say("day.label")}
          <input type="date" required value={day} max={dayOf(Date.now())} onChange={({ target }) => setDay(target.value)} className="rounded-lg border border-line bg-ground px-3 py-2 text-base font-normal" />
        </label>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose} className="px-4! py-2!">
            {say("do.cancel")}
          </Button>
          <Button look="primary" type="submit" disabled={begin === undefined} className="py-2!">
            {say("day.show")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** A day as the field has it, where the reader is. */
function dayOf(time: number): string {
  const date = new Date(time);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** When a day begins; nothing, if it is no day after 1970. */
function beginOf(day: string): number | undefined {
  const time = new Date(`${day}T00:00:00`).getTime();
  return Number.isNaN(time) || time < 0 ? undefined : time;
}
