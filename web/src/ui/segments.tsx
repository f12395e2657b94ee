// A choice among a few things that stand side by side.
import type { ReactElement } from "react";

interface SegmentsProps<Value extends string> {
  /** What is chosen, for whoever has it read aloud. */
  readonly label: string;
  readonly name: string;
  readonly choices: readonly { readonly value: Value; readonly label: string }[];
  readonly chosen: Value;
  readonly onChoose: (value: Value) => void;
}

/** One of them is always chosen; arrow keys choose another. */
export function Segments<Value extends string>({ label, name, choices, chosen, onChoose }: SegmentsProps<Value>): ReactElement {
  return (
    <fieldset className="flex gap-1 rounded-lg bg-raised p-1">
      <legend className="sr-only">{label}</legend>
      {choices.map(({ value, label: words }) => (
        <label
          key={value}
          className={`flex flex-1 cursor-pointer items-center justify-center rounded-md px-1 py-1.5 text-center has-focus-visible:outline-2 has-focus-visible:outline-accent ${chosen === value ? "bg-panel font-medium text-ink shadow-xs" : "text-muted hover:text-ink"}`}
        >
          <input type="radio" name={name} value={value} checked={chosen === value} onChange={() => onChoose(value)} className="sr-only" />
          {words}
        </label>
      ))}
    </fieldset>
  );
}
