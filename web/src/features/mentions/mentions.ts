// Meaning people by their names, after an @. Pure.
import { folded } from "../search/highlight";

/** The contract lets a message mean so many. */
export const MENTIONS_MAX = 50;
/** So many are offered at once. */
const OFFERED_MAX = 6;

/** Somebody who can be meant. */
export interface Candidate {
  readonly userId: string;
  readonly name: string;
}

/** What is being looked for: what stands between an @ and the cursor. */
export interface MentionQuery {
  /** Where the @ stands. */
  readonly start: number;
  readonly text: string;
}

/** The query before the cursor, if there is one. */
export function mentionQuery(text: string, cursor: number): MentionQuery | undefined {
  const match = /(?:^|\s|\()@([\p{L}\p{N}\p{M}._'-]{0,40})$/u.exec(text.slice(0, cursor));
  return match ? { start: cursor - (match[1]?.length ?? 0) - 1, text: match[1] ?? "" } : undefined;
}

/** Those of whose name a word begins with the query. */
export function offered(query: MentionQuery, candidates: readonly Candidate[]): readonly Candidate[] {
  const wanted = folded(query.text);
  const fits = ({ name }: Candidate) => folded(name).split(/\s+/u).some((word) => word.startsWith(wanted));
  return candidates.filter(fits).slice(0, OFFERED_MAX);
}

/** The text with the query replaced by the name, and where the cursor is then. */
export function withMention(text: string, cursor: number, { start }: MentionQuery, { name }: Candidate): { readonly text: string; readonly cursor: number } {
  const inserted = `@${name} `;
  const rest = text.slice(cursor).replace(/^ /u, "");
  return { text: text.slice(0, start) + inserted + rest, cursor: start + inserted.length };
}

/** Who is meant in a text, each once. Of two with the same name it is the first. */
export function mentionsIn(text: string, candidates: readonly Candidate[]): readonly string[] {
  let left = text;
  const ids: string[] = [];
  // The longest first, so that "@Ada Lovelace" does not mean Ada.
  for (const { userId, name } of candidates.toSorted((a, b) => b.name.length - a.name.length)) {
    if (name === "" || !left.includes(`@${name}`) || ids.length >= MENTIONS_MAX) continue;
    ids.push(userId);
    left = left.replaceAll(`@${name}`, " ");
  }
  return ids;
}
