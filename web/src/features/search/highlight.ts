// Which part of a found text to show, and which words of it were looked for.
// Pure; the server finds, this only shows where.

/** Characters to show of a long text. */
const SNIPPET_CHARS = 160;
/** Characters of them before the first word found. */
const LEAD_CHARS = 40;

/** A piece of a text. */
export interface Piece {
  readonly text: string;
  readonly isFound: boolean;
}

const WORD = /[\p{L}\p{N}]+/gu;
/** Scripts that put no space between words: there any part of a run is found. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Whether there is anything in a query that can be looked for. */
export function isSearchable(query: string): boolean {
  return /[\p{L}\p{N}]/u.test(query);
}

/** The text, or the part of it around the first word found, in pieces. */
export function highlight(text: string, query: string): readonly Piece[] {
  const spots = spotsIn(text, wordsOf(query));
  const begin = text.length > SNIPPET_CHARS ? Math.max(0, (spots[0]?.[0] ?? 0) - LEAD_CHARS) : 0;
  const end = Math.min(text.length, begin + SNIPPET_CHARS);
  const pieces: Piece[] = [];
  let at = begin;
  for (const [from, to] of spots) {
    if (from < at || to > end) continue;
    pieces.push({ text: text.slice(at, from), isFound: false }, { text: text.slice(from, to), isFound: true });
    at = to;
  }
  pieces.push({ text: text.slice(at, end), isFound: false });
  const cut = [begin > 0 && { text: "…", isFound: false }, ...pieces, end < text.length && { text: "…", isFound: false }];
  return cut.filter((piece) => piece !== false && piece.text !== "") as Piece[];
}

/** Without regard to case and accents, as the server looks. */
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function wordsOf(query: string): readonly string[] {
  return [...query.matchAll(WORD)].map(([word]) => word);
}

function spotsIn(text: string, words: readonly string[]): readonly (readonly [number, number])[] {
  const whole = new Set(words.map(folded));
  const parts = words.filter((word) => UNSPACED.test(word));
  const spots: (readonly [number, number])[] = [];
  for (const { 0: run, index } of text.matchAll(WORD)) {
    if (whole.has(folded(run))) spots.push([index, index + run.length]);
    else for (const part of parts) if (run.includes(part)) spots.push([index + run.indexOf(part), index + run.indexOf(part) + part.length]);
  }
  return spots.sort((a, b) => a[0] - b[0]);
}
