// Which language is spoken, and with whose habits.
import { afterEach, describe, expect, it } from "vitest";
import { chooseLanguage, chosenLanguage, followLanguage, languageOf, localeOf, speak } from "./language";
import { say } from "./say";
import { spoken } from "./spoken";

afterEach(() => speak(window, "en"));

describe("the language", () => {
  it("is the first of the browser's that we have, else English", () => {
    expect(languageOf(["sk", "cs-CZ", "de"])).toBe("cs");
    expect(languageOf(["de-AT"])).toBe("de");
    expect(languageOf(["dev", "fr"])).toBe("en");
    expect(languageOf([])).toBe("en");
  });

  it("keeps the habits of the reader's place", () => {
    expect(localeOf("de", ["fr", "de-CH", "de"])).toBe("de-CH");
    expect(localeOf("cs", ["en-GB"])).toBe("cs");
  });

  it("is the browser's matter until one chooses, and when what was kept is strange or cannot be read", () => {
    localStorage.clear();
    expect(chosenLanguage(localStorage)).toBeUndefined();
    chooseLanguage(localStorage, "cs");
    expect(chosenLanguage(localStorage)).toBe("cs");
    chooseLanguage(localStorage, undefined);
    expect(localStorage.length).toBe(0);
    localStorage.setItem("confab.language", "tlh");
    expect(chosenLanguage(localStorage)).toBeUndefined();
    const refused = () => {
      throw new Error("refused");
    };
    expect(chosenLanguage({ getItem: refused })).toBeUndefined();
    expect(() => chooseLanguage({ setItem: refused, removeItem: refused }, "de")).not.toThrow();
  });

  it("stands on the page, and is what is said", async () => {
    chooseLanguage(localStorage, "cs");
    await followLanguage(window);
    expect(document.documentElement.lang).toBe("cs");
    expect(say("do.cancel")).toBe("Zrušit");
  });

  it("is the one that was asked for last, however long each takes", async () => {
    await Promise.all([speak(window, "cs"), speak(window, "de"), speak(window, "en")]);
    expect(spoken().locale).toMatch(/^en/);
  });
});
