// Light or dark: as the system says, unless one says otherwise on this device.
import { type PlainPhrase } from "../../words/say";

/** What one can choose. */
export type Appearance = "system" | "light" | "dark";

/** In the order in which they are offered. */
export const APPEARANCES: readonly { readonly value: Appearance; readonly phrase: PlainPhrase }[] = [
  { value: "system", phrase: "settings.system" },
  { value: "light", phrase: "settings.light" },
  { value: "dark", phrase: "settings.dark" },
];

const KEY = "confab.appearance";

/** What was chosen on this device. */
export function chosenAppearance(storage: Pick<Storage, "getItem">): Appearance {
  try {
    const chosen = storage.getItem(KEY);
    return chosen === "light" || chosen === "dark" ? chosen : "system";
  } catch {
    return "system";
  }
}

/** Keeps the choice; that of the system leaves nothing behind. */
export function chooseAppearance(storage: Pick<Storage, "setItem" | "removeItem">, appearance: Appearance): void {
  try {
    if (appearance === "system") storage.removeItem(KEY);
    else storage.setItem(KEY, appearance);
  } catch {
    // Full or refused storage: it holds until the page goes.
  }
}

/** Shows the page so; the style sheet has the colours. */
export function applyAppearance(root: HTMLElement, appearance: Appearance): void {
  if (appearance === "system") delete root.dataset["appearance"];
  else root.dataset["appearance"] = appearance;
}

/** Shows the page as was chosen, also when another tab chooses. */
export function followAppearance(window: Window): void {
  const root = window.document.documentElement;
  applyAppearance(root, chosenAppearance(window.localStorage));
  window.addEventListener("storage", ({ key }) => {
    if (key === KEY || key === null) applyAppearance(root, chosenAppearance(window.localStorage));
  });
}
