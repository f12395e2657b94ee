// Light or dark, as one chose.
import { describe, expect, it } from "vitest";
import { applyAppearance, chooseAppearance, chosenAppearance } from "./appearance";

describe("the appearance", () => {
  it("is the system's until one chooses, and leaves nothing behind when it is again", () => {
    localStorage.clear();
    expect(chosenAppearance(localStorage)).toBe("system");
    chooseAppearance(localStorage, "dark");
    expect(chosenAppearance(localStorage)).toBe("dark");
    chooseAppearance(localStorage, "system");
    expect(localStorage.length).toBe(0);
  });

  it("is that of the system when what was kept is strange, or cannot be read", () => {
    localStorage.setItem("confab.appearance", "purple");
    expect(chosenAppearance(localStorage)).toBe("system");
    const refused = () => {
      throw new Error("refused");
    };
    expect(chosenAppearance({ getItem: refused })).toBe("system");
    expect(() => chooseAppearance({ setItem: refused, removeItem: refused }, "dark")).not.toThrow();
  });

  it("stands on the page for the style sheet", () => {
    const root = document.createElement("html");
    applyAppearance(root, "dark");
    expect(root.dataset["appearance"]).toBe("dark");
    applyAppearance(root, "system");
    expect(root.dataset["appearance"]).toBeUndefined();
  });
});
