// Which language the page speaks; for this device.
import { type ReactElement, useState } from "react";
import { chooseLanguage, chosenLanguage, LANGUAGES, languageOf, speak } from "../../words/language";
import { say } from "../../words/say";

const ID = "language";

/** Takes effect at once. */
export function LanguageChoice({ className = "" }: { readonly className?: string }): ReactElement {
  const [chosen, setChosen] = useState(() => chosenLanguage(localStorage));
  const ofBrowser = languageOf(navigator.languages);
  const choose = async (value: string) => {
    const language = LANGUAGES.find((one) => one.value === value)?.value;
    setChosen(language);
    chooseLanguage(localStorage, language);
    await speak(window, language ?? ofBrowser);
    // The page is drawn anew; whoever chose goes on from here.
    document.getElementById(ID)?.focus();
  };
  return (
    <select id={ID} aria-label={say("settings.language")} value={chosen ?? ""} onChange={({ target }) => void choose(target.value)} className={`rounded-lg border border-line bg-panel px-3 py-1.5 ${className}`}>
      <option value="">{say("settings.languageOfBrowser", { language: nameOf(ofBrowser) })}</option>
      {LANGUAGES.map(({ value, name }) => (
        <option key={value} value={value} lang={value}>
          {name}
        </option>
      ))}
    </select>
  );
}

function nameOf(language: string): string {
  return LANGUAGES.find(({ value }) => value === language)?.name ?? "";
}
