// A person's picture: until there are pictures, initials on a colour of their own.
import type { ReactElement } from "react";

const TINTS = 8;

/** Decoration: the name always stands beside it. */
export function Avatar({ id, name, className = "size-10 text-sm" }: { readonly id: string; readonly name: string; readonly className?: string }): ReactElement {
  return (
    <span aria-hidden="true" className={`tint-${tint(id)} inline-flex shrink-0 items-center justify-center rounded-full font-medium text-white select-none ${className}`}>
      {initials(name)}
    </span>
  );
}

/** The first letters of the first and the last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => firstLetter(word ?? "")).join("");
}

/** What a reader takes for one letter may be several code points. */
function firstLetter(word: string): string {
  const [first] = new Intl.Segmenter().segment(word);
  return first?.segment.toLocaleUpperCase() ?? "";
}

/** The same colour for the same person, everywhere. */
function tint(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return sum % TINTS;
}
