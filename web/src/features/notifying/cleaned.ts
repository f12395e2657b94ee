// A text for one line outside of the page, where nothing keeps its direction in.

/** What steers the direction of text, or is not seen at all. */
const STEERING = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+/gu;

/** `text` in one line without them, and not too long. */
export function cleaned(text: string, charsMax: number): string {
  // Zero-width joiners hold families of emoji together, and stay.
  const line = text.replace(STEERING, (found) => (found === "\u200d" ? found : " ")).trim();
  const chars = [...line];
  return chars.length > charsMax ? `${chars.slice(0, charsMax - 1).join("")}…` : line;
}
