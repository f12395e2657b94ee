// How long a text may be: as the contract says, which a test sees to. The
// server decides; this is only to warn in time.

/** Longest text, in characters (Unicode code points). */
export const TEXT_CHARS_MAX = 8_000;
/** So near to the end it is told how much is left. */
export const NEAR_CHARS = 500;

/** Whether a text has half a character in it, as programs leave that cut texts anywhere: nothing can carry it to the server. */
export function hasHalves(text: string): boolean {
  return /\p{Cs}/u.test(text);
}

/** How many characters more there may be: less than none, if there are too many. Nothing, while that is far. */
export function charsLeft(text: string): number | undefined {
  // No text has more code points than units.
  if (text.length <= TEXT_CHARS_MAX - NEAR_CHARS) return undefined;
  const left = TEXT_CHARS_MAX - [...text].length;
  return left <= NEAR_CHARS ? left : undefined;
}
