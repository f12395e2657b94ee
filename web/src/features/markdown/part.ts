// The parts that a text with markdown has.

/** What a part is: some stand in a line, some below each other. */
export type Kind = "paragraph" | "quote" | "bullets" | "numbers" | "item" | "block" | "plain" | "words" | "break" | "code" | "strong" | "emphasis" | "strike" | "link";

/** A part, with what is inside of it. */
export interface Part {
  readonly kind: Kind;
  /** What it says, if it has nothing inside. */
  readonly text?: string;
  readonly children?: readonly Part[];
  /** Where a link leads: to the web, or to somebody's mail. */
  readonly address?: string;
  /** The number that a list begins with. */
  readonly start?: number;
}

/** What may be markdown; a text without it is shown as it is. */
const SIGNS = /[*_~`\\]|\]\(|^\s{0,3}(?:>|[-+*]\s|\d{1,9}[.)]\s)|<(?:https?|mailto):/mu;

/** Whether a text is worth reading as markdown. */
export function hasMarkdown(text: string): boolean {
  return SIGNS.test(text);
}
