// Emoji, and how they are found by words. Pure, but for what the device keeps.

/** An emoji as the data has it; some come in five skin tones, from light to dark. */
export type EmojiData = readonly (readonly [emoji: string, name: string, words: string, group: number, tones?: readonly string[]])[];

/** An emoji. */
export interface Emoji {
  /** As it is sent, in the skin tone that one has chosen. */
  readonly emoji: string;
  readonly name: string;
}

/** Emoji that belong together. */
export interface EmojiGroup {
  readonly group: number;
  readonly emoji: readonly Emoji[];
}

/** 0 is the yellow of all; 1 to 5 go from light to dark. */
export type Tone = 0 | 1 | 2 | 3 | 4 | 5;

/** Every tone, on a hand. */
export const TONES: readonly (readonly [tone: Tone, emoji: string])[] = [[0, "✋"], [1, "✋🏻"], [2, "✋🏼"], [3, "✋🏽"], [4, "✋🏾"], [5, "✋🏿"]];

/** Every emoji, by group. */
export function grouped(data: EmojiData, tone: Tone): readonly EmojiGroup[] {
  const groups: { readonly group: number; readonly emoji: Emoji[] }[] = [];
  for (const row of data) {
    const group = row[3];
    if (groups.at(-1)?.group !== group) groups.push({ group, emoji: [] });
    groups.at(-1)?.emoji.push(toned(row, tone));
  }
  return groups;
}

/** Those that have all words of a query, those first whose name begins with it. */
export function found(data: EmojiData, query: string, tone: Tone): readonly Emoji[] {
  const wanted = folded(query).split(/\s+/).filter((word) => word !== "");
  const hits = data.flatMap((row) => {
    const words = folded(`${row[1]} ${row[2]}`).split(/[\s:,-]+/);
    if (!wanted.every((one) => words.some((word) => word.startsWith(one)))) return [];
    const name = folded(row[1]);
    const rank = name === wanted.join(" ") ? 0 : name.startsWith(wanted[0] ?? "") ? 1 : 2;
    return [{ rank, emoji: toned(row, tone) }];
  });
  return hits.sort((a, b) => a.rank - b.rank).map(({ emoji }) => emoji);
}

function toned([emoji, name, , , tones]: EmojiData[number], tone: Tone): Emoji {
  return { emoji: (tone > 0 && tones?.[tone - 1]) || emoji, name };
}

/** Case and accents do not count. */
function folded(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

const TONE_KEY = "confab.tone";

/** The skin tone that was chosen on this device. */
export function chosenTone(storage: Pick<Storage, "getItem">): Tone {
  try {
    return TONES.find(([tone]) => String(tone) === storage.getItem(TONE_KEY))?.[0] ?? 0;
  } catch {
    return 0;
  }
}

/** Keeps the choice; the one of all leaves nothing behind. */
export function chooseTone(storage: Pick<Storage, "setItem" | "removeItem">, tone: Tone): void {
  try {
    if (tone === 0) storage.removeItem(TONE_KEY);
    else storage.setItem(TONE_KEY, String(tone));
  } catch {
    // Full or refused storage: it holds until the picker is closed.
  }
}
