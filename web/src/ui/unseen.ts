// Characters that nobody sees, or that turn the direction of others: found in
// what people write, so that no text looks like another one. Pure.

/** A piece of a text. Those with a mark are one character that stands for itself no more; together the pieces are the text. */
export interface Piece {
  readonly text: string;
  /** What is shown in its place; empty for words. */
  readonly mark: string;
}

/** What may have to be marked; most texts have none of it. */
const SUSPECT = /[\p{Cc}\u115f\u1160\u180e\u200b-\u200d\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}\p{Cs}]/u;
const SUSPECTS = new RegExp(SUSPECT, "gu");

const TURNS = { OPEN: "\u202a\u202b", OPEN_ISOLATE: "\u2066\u2067\u2068", CLOSE: "\u202c", CLOSE_ISOLATE: "\u2069" } as const;
const JOINERS = "\u200c\u200d";
/** After these a joiner does what it is for: it holds emoji together, or shapes letters of scripts that are joined. */
const JOINED = /(?:[\p{M}\p{Extended_Pictographic}\u{1f3fb}-\u{1f3ff}]|(?![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])\p{L})$/u;
/** A flag that is made of a black one and of letters that are not seen. */
const FLAG = /\u{1f3f4}[\u{e0020}-\u{e007e}]+\u{e007f}/gu;

const NAMES: Readonly<Record<string, string>> = {
  "\u200b": "ZWSP", "\u200c": "ZWNJ", "\u200d": "ZWJ", "\u2060": "WJ", "\ufeff": "BOM", "\u007f": "␡",
  "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO", "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI",
};
/** Where Unicode has pictures of the first control characters. */
const CONTROL_PICTURES = 0x2400;

/** The pieces of a text, in order. */
export function piecesOf(text: string): readonly Piece[] {
  if (!SUSPECT.test(text)) return text === "" ? [] : [{ text, mark: "" }];
  const innocent = innocentPlaces(text);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { 0: found, index } of text.matchAll(SUSPECTS)) {
    if (innocent.has(index) || isPlain(text, found, index)) continue;
    if (index > at) pieces.push({ text: text.slice(at, index), mark: "" });
    pieces.push({ text: found, mark: nameOf(found) });
    at = index + found.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), mark: "" });
  return pieces;
}

/** The text for one line, where there is no room for marks: without what would be marked. */
export function withoutUnseen(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return piecesOf(text)
    .map((piece) => (piece.mark === "" ? piece.text : ""))
    .join("");
}

function nameOf(found: string): string {
  const code = found.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code);
  return NAMES[found] ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** What is as it should be where it stands. */
function isPlain(text: string, found: string, index: number): boolean {
  if (found === "\n" || found === "\t") return true;
  if (found === "\r") return text[index + 1] === "\n";
  return JOINERS.includes(found) && JOINED.test(text.slice(Math.max(0, index - 3), index).replace(/\ufe0f$/u, ""));
}

/** The places of what turns the direction and gives it back in the same line, and of what is part of a flag. */
function innocentPlaces(text: string): ReadonlySet<number> {
  const places = new Set<number>();
  for (const { 0: flag, index } of text.matchAll(FLAG)) for (let at = index; at < index + flag.length; at += 1) places.add(at);
  let open: { readonly isIsolate: boolean; readonly place: number }[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const found = text[at] ?? "";
    if (found === "\n" || found === "\r" || found === "\u2029") open = [];
    else if (TURNS.OPEN.includes(found) || TURNS.OPEN_ISOLATE.includes(found)) open.push({ isIsolate: TURNS.OPEN_ISOLATE.includes(found), place: at });
    else if (found === TURNS.CLOSE || found === TURNS.CLOSE_ISOLATE) {
      const last = open.pop();
      if (last && last.isIsolate === (found === TURNS.CLOSE_ISOLATE)) places.add(last.place).add(at);
      // What closes another kind closes nothing here, nor does anything around it.
      else open = [];
    }
  }
  return places;
}
