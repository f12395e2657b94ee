// What a text is made of: words, links, and people who are meant. Pure.

/** A piece of a text; an address is only ever http or https. */
export type TextPiece =
  | { readonly kind: "words"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly address: string }
  | { readonly kind: "mention"; readonly text: string; readonly userId: string };

/** Somebody who is meant. */
export interface Meant {
  readonly userId: string;
  readonly name: string;
}

const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"'\p{Cc}\p{Cf}]+/giu;
/** What ends a sentence rather than an address. */
const TRAILING = /[.,;:!?…]+$/u;

/** The pieces, in order; together they are the text. */
export function textPieces(text: string, meant: readonly Meant[]): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const { 0: run, index } of text.matchAll(LINK)) {
    const shown = withoutTail(run);
    const address = addressOf(shown);
    if (!address) continue;
    pieces.push(...mentionPieces(text.slice(at, index), meant), { kind: "link", text: shown, address });
    at = index + shown.length;
  }
  return [...pieces, ...mentionPieces(text.slice(at), meant)];
}

/** An address at the end of a sentence, or in brackets, ends before what belongs to the sentence. */
function withoutTail(run: string): string {
  let shown = run.replace(TRAILING, "");
  while (shown.endsWith(")") && shown.split(")").length > shown.split("(").length) shown = shown.slice(0, -1).replace(TRAILING, "");
  return shown;
}

/** Where a link that somebody wrote leads: to the web or to somebody's mail, and nowhere else. */
export function linkAddress(written: string): string | undefined {
  const mail = /^mailto:[^\s?<>"'\p{Cc}\p{Cf}]+@[^\s?<>"'\p{Cc}\p{Cf}]+$/iu.test(written);
  if (mail) return URL.parse(written)?.href;
  return /^(?:https?:\/\/|www\.)[^\s<>"'\p{Cc}\p{Cf}]+$/iu.test(written) ? addressOf(written) : undefined;
}

function addressOf(shown: string): string | undefined {
  const url = URL.parse(/^www\./iu.test(shown) ? `https://${shown}` : shown);
  const isPlain = url && (url.protocol === "http:" || url.protocol === "https:") && url.username === "" && url.password === "";
  return isPlain ? url.href : undefined;
}

function mentionPieces(text: string, meant: readonly Meant[]): readonly TextPiece[] {
  const found = meant.map(({ userId, name }) => ({ userId, mark: `@${name}`, index: text.indexOf(`@${name}`) })).filter(({ index }) => index >= 0);
  // The first; of those that begin together the longest.
  const first = found.sort((a, b) => a.index - b.index || b.mark.length - a.mark.length)[0];
  if (!first) return text === "" ? [] : [{ kind: "words", text }];
  const { userId, mark, index } = first;
  const before: TextPiece[] = index > 0 ? [{ kind: "words", text: text.slice(0, index) }] : [];
  return [...before, { kind: "mention", text: mark, userId }, ...mentionPieces(text.slice(index + mark.length), meant)];
}
