// @vitest-environment node
// Emoji are found by words, in the skin tone of one's own.
import { describe, expect, it } from "vitest";
import english from "virtual:emoji/en";
import german from "virtual:emoji/de";
import czech from "virtual:emoji/cs";
import { chooseTone, chosenTone, found, grouped } from "./emoji";

describe("emoji", () => {
  it("are all there, in groups, without the tones themselves", () => {
    const groups = grouped(english, 0);
    expect(groups.map(({ group }) => group)).toEqual([0, 1, 3, 4, 5, 6, 7, 8, 9]);
    expect(groups.reduce((sum, { emoji }) => sum + emoji.length, 0)).toBeGreaterThan(1_800);
    expect([german.length, czech.length]).toEqual([english.length, english.length]);
  });

  it("are found by the beginnings of words, whatever their case, the name first", () => {
    expect(found(english, "ROCK", 0).map(({ emoji }) => emoji)).toContain("🚀");
    expect(found(english, "rocket", 0)[0]?.emoji).toBe("🚀");
    expect(found(english, "red heart", 0)[0]?.name).toBe("red heart");
    expect(found(german, "rakete", 0)[0]?.emoji).toBe("🚀");
    expect(found(english, "no such thing", 0)).toEqual([]);
  });

  it("are found in Czech, with and without its accents, also flags and people", () => {
    const first = (query: string) => found(czech, query, 0)[0]?.emoji;
    expect([first("raketa"), first("rudé srdce"), first("rude srdce")]).toEqual(["🚀", "❤️", "❤️"]);
    for (const [query, emoji] of [["srdce", "❤️"], ["pivo", "🍺"], ["kočka", "🐱"], ["Česko", "🇨🇿"], ["palec nahoru", "👍️"], ["hasička", "👩‍🚒"]] as const) {
      expect(found(czech, query, 0).map((one) => one.emoji.replaceAll("\uFE0F", "")), query).toContain(emoji.replaceAll("\uFE0F", ""));
    }
    const foreign = czech.filter(([, name], place) => name === english[place]?.[1]).length;
    expect(foreign / czech.length, "those that have no Czech name").toBeLessThan(0.05);
  });

  it("come in the tone that one has chosen, if they have tones", () => {
    expect(found(english, "waving hand", 3)[0]?.emoji).toBe("👋🏽");
    expect(found(english, "rocket", 3)[0]?.emoji).toBe("🚀");
  });

  it("keep the tone on the device", () => {
    const all = new Map<string, string>();
    const storage = { getItem: (key: string) => all.get(key) ?? null, setItem: (key: string, value: string) => void all.set(key, value), removeItem: (key: string) => void all.delete(key) };
    chooseTone(storage, 4);
    expect(chosenTone(storage)).toBe(4);
    chooseTone(storage, 0);
    expect([...all]).toEqual([]);
    all.set("confab.tone", "9");
    expect(chosenTone(storage)).toBe(0);
  });
});
