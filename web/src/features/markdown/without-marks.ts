// A text without the marks of markdown, where it stands in one line among others.
// Not what parses markdown, which is large and comes later: what it makes of rare
// cases may differ, and then a mark is seen that a message would not show.

/** Code keeps its marks. */
const CODE = /`([^`\n]+)`/;
/** What stands around words; a mark beside a space, or within a word, is none. */
const AROUND: readonly RegExp[] = [/\*\*(?=\S)(.+?)(?<=\S)\*\*/g, /~~(?=\S)(.+?)(?<=\S)~~/g, /(?<![\w*])\*(?=[^\s*])([^*\n]*?[^\s*])\*(?![\w*])/g, /(?<!\w)__(?=\S)(.+?)(?<=\S)__(?!\w)/g, /(?<!\w)_(?=[^\s_])([^_\n]*?[^\s_])_(?!\w)/g];
/** What begins a line: a quote, a heading, a point of a list. */
const BEFORE = /^(?: {0,3}(?:>|#{1,6}|[-*+])[ \t]+(?=\S))+/gm;
/** A text is shortened where it is shown: nobody sees more of it. */
const CHARS_MAX = 1_000;

/** The words alone. */
export function withoutMarks(text: string): string {
  if (text.length > CHARS_MAX) return withoutMarks(text.slice(0, CHARS_MAX));
  return text
    .replace(BEFORE, "")
    .split(CODE)
    .map((piece, place) => (place % 2 === 1 ? piece : AROUND.reduce((rest, mark) => rest.replace(mark, "$1"), piece)))
    .join("");
}
