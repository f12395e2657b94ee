// The skin tone that one's hands and faces have, for this device.
import { type ReactElement, useState } from "react";
import { say } from "../../words/say";
import { type Tone, TONES } from "./emoji";

/** A hand that opens into six. */
export function ToneChoice({ tone, onChoose }: { readonly tone: Tone; readonly onChoose: (tone: Tone) => void }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return (
      <button type="button" aria-label={say("emoji.tone")} title={say("emoji.tone")} aria-expanded={false} onClick={() => setOpen(true)} className="flex size-9 items-center justify-center rounded-lg text-xl hover:bg-raised">
        {TONES[tone]?.[1]}
      </button>
    );
  }
  return (
    <div role="radiogroup" aria-label={say("emoji.tone")} className="flex">
      {TONES.map(([value, hand]) => (
        <button
          key={value}
          type="button"
          role="radio"
          aria-checked={value === tone}
          aria-label={say("emoji.toneNumber", { count: value + 1 })}
          onClick={() => {
            setOpen(false);
            onChoose(value);
          }}
          className={`flex h-9 w-7 items-center justify-center rounded-lg text-lg ${value === tone ? "bg-soft" : "hover:bg-raised"}`}
        >
          {hand}
        </button>
      ))}
    </div>
  );
}
