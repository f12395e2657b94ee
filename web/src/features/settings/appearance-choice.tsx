// Light, dark, or as the system says; for this device.
import { type ReactElement, useState } from "react";
import { say } from "../../words/say";
import { APPEARANCES, applyAppearance, type Appearance, chooseAppearance, chosenAppearance } from "../appearance/appearance";

/** Takes effect at once. */
export function AppearanceChoice(): ReactElement {
  const [chosen, setChosen] = useState(() => chosenAppearance(localStorage));
  const choose = (appearance: Appearance) => {
    setChosen(appearance);
    chooseAppearance(localStorage, appearance);
    applyAppearance(document.documentElement, appearance);
  };
  return (
    <fieldset className="flex gap-1 rounded-lg bg-raised p-1">
      <legend className="sr-only">{say("settings.appearance")}</legend>
      {APPEARANCES.map(({ value, phrase }) => (
        <label
          key={value}
          className={`flex flex-1 cursor-pointer items-center justify-center rounded-md py-1.5 has-focus-visible:outline-2 has-focus-visible:outline-accent ${chosen === value ? "bg-panel font-medium text-ink shadow-xs" : "text-muted hover:text-ink"}`}
        >
          <input type="radio" name="appearance" value={value} checked={chosen === value} onChange={() => choose(value)} className="sr-only" />
          {say(phrase)}
        </label>
      ))}
    </fieldset>
  );
}
