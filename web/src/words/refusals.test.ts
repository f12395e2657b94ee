// What the server refuses, in the reader's language.
import { afterEach, describe, expect, it } from "vitest";
import { SPOKEN } from "./czech/czech";
import { ENGLISH } from "./english/english";
import { flawWords, refusalWords } from "./refusals";
import { speaking, spokenStore } from "./spoken";

function speakCzech(): void {
  spokenStore.setState(speaking("cs", SPOKEN), true);
}

afterEach(() => spokenStore.setState(speaking("en", { phrases: ENGLISH }), true));

describe("a refusal", () => {
  it("is said by its reason, and in the server's words where there are no others", () => {
    expect(refusalWords("WRONG_CREDENTIALS")).toBeUndefined();
    speakCzech();
    expect(refusalWords("WRONG_CREDENTIALS")).toBe("E-mailová adresa nebo heslo nesouhlasí.");
    expect(refusalWords("SOMETHING_NEW")).toBeUndefined();
  });

  it("says what is wrong with a field, with the limit as the reader writes it", () => {
    expect(flawWords("must be at most 8,000 characters")).toBe("must be at most 8,000 characters");
    speakCzech();
    expect(flawWords("must be at most 8,000 characters")).toBe("nejvýše 8\u00a0000 znaků");
    expect(flawWords("must have at least 8 characters")).toBe("aspoň 8 znaků");
    expect(flawWords("must not be only white space")).toBe("nesmí zůstat prázdné");
    expect(flawWords("must be something else")).toBe("must be something else");
  });
});
