// What the keyboard can do.
import type { ReactElement } from "react";

const SHORTCUTS: readonly (readonly [keys: string, effect: string])[] = [
  ["?", "Show these"],
  ["Ctrl K", "Search"],
  ["Enter", "Send"],
  ["Shift Enter", "New line"],
  ["↑", "Edit what you said last, in an empty field"],
  ["Shift Tab, then ↑ ↓", "Go from message to message"],
  ["Enter", "On a message: what can be done with it"],
  ["R, F, E, C, P", "On a message: reply, forward, edit, copy, pin"],
  ["+", "On a message: add a reaction"],
  ["Delete", "On a message: delete it"],
  ["Esc", "Close, or stop replying or editing"],
];

/** A list of keys. */
export function ShortcutList(): ReactElement {
  return (
    <dl className="flex flex-col gap-1.5 text-sm">
      {SHORTCUTS.map(([keys, effect]) => (
        <div key={`${keys} ${effect}`} className="flex items-baseline gap-3">
          <dt className="w-36 shrink-0">
            <kbd className="rounded-md border border-line bg-raised px-1.5 py-0.5 font-sans text-xs whitespace-nowrap">{keys}</kbd>
          </dt>
          <dd className="text-muted">{effect}</dd>
        </div>
      ))}
    </dl>
  );
}
