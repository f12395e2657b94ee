// Light, dark, or as the system says; for this device.
import { type ReactElement, useState } from "react";
import { Segments } from "../../ui/segments";
import "../../words/of-settings";
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
  return <Segments label={say("settings.appearance")} name="appearance" choices={APPEARANCES.map(({ value, phrase }) => ({ value, label: say(phrase) }))} chosen={chosen} onChoose={choose} />;
}
