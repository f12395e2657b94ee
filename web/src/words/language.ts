// Which language is spoken: what one chose on this device, else the first of
// the browser's that we have, else English.
import { ENGLISH } from "./english/english";
import { speaking, spokenStore, type Vocabulary } from "./spoken";

/** A language that we have. */
export type Language = "en" | "cs" | "de";

/** Each in its own words, in the order in which they are offered. */
export const LANGUAGES: readonly { readonly value: Language; readonly name: string }[] = [
  { value: "cs", name: "Čeština" },
  { value: "de", name: "Deutsch" },
  { value: "en", name: "English" },
];

const KEY = "confab.language";

/** What was chosen on this device; `undefined` if it is the browser's matter. */
export function chosenLanguage(storage: Pick<Storage, "getItem">): Language | undefined {
  try {
    return LANGUAGES.find(({ value }) => value === storage.getItem(KEY))?.value;
  } catch {
    return undefined;
  }
}

/** Keeps the choice; that of the browser leaves nothing behind. */
export function chooseLanguage(storage: Pick<Storage, "setItem" | "removeItem">, language: Language | undefined): void {
  try {
    if (language === undefined) storage.removeItem(KEY);
    else storage.setItem(KEY, language);
  } catch {
    // Full or refused storage: it holds until the page goes.
  }
}

/** The first of the browser's languages that we have. */
export function languageOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = LANGUAGES.find(({ value }) => isOf(tag, value));
    if (found) return found.value;
  }
  return "en";
}

/** The language with the habits of the reader's place, if the browser says which. */
export function localeOf(language: Language, wanted: readonly string[]): string {
  return wanted.find((tag) => isOf(tag, language)) ?? language;
}

/** What was asked for last: phrases that come later than others are not spoken. */
let asked: Language = "en";

/** Speaks `language` from now on; English if its phrases cannot be fetched. */
export async function speak(window: Window, language: Language): Promise<void> {
  asked = language;
  const found = await fetched(language);
  if (asked !== language) return;
  const locale = localeOf(found ? language : "en", window.navigator.languages);
  const root = window.document.documentElement;
  root.lang = locale;
  // All that we have are written from left to right; the style sheet would not mind another.
  root.dir = "ltr";
  spokenStore.setState(speaking(locale, found ?? { phrases: ENGLISH }), true);
}

/** Speaks as was chosen, also when another tab chooses. Resolves when the first words can be shown. */
export async function followLanguage(window: Window): Promise<void> {
  const follow = () => speak(window, chosenLanguage(window.localStorage) ?? languageOf(window.navigator.languages));
  window.addEventListener("storage", ({ key }) => {
    if (key === KEY || key === null) void follow();
  });
  await follow();
}

function isOf(tag: string, language: Language): boolean {
  return tag.toLowerCase() === language || tag.toLowerCase().startsWith(`${language}-`);
}

async function fetched(language: Language): Promise<Vocabulary | undefined> {
  try {
    switch (language) {
      case "cs":
        return (await import("./czech/czech")).SPOKEN;
      case "de":
        return (await import("./german/german")).SPOKEN;
      case "en":
        return { phrases: ENGLISH };
    }
  } catch {
    // An older page than what the server has now: better English than nothing.
    return undefined;
  }
}
