// A part of a conversation that does not reach to its end: what was said around
// some message or day of long ago. Pure.
import type { ListMessagesResponse } from "../gen/confab/message/v1/message_service_pb";
import { changed, fromMessage, type Log, type LogMessage } from "./log";
import { type Note, noteOf, withNotes } from "./notes";

/** Some messages without a hole, the oldest first. */
export interface Excerpt {
  readonly messages: readonly LogMessage[];
  readonly notes: readonly Note[];
  /** Asks for what was said before; empty if nothing was. */
  readonly olderToken: string;
}

/** What the contract tells of a part of a conversation. */
export type Page = Pick<ListMessagesResponse, "messages" | "nextPageToken" | "notes">;

/** The first page of an excerpt. */
export function excerptOf({ messages, nextPageToken, notes }: Page): Excerpt {
  return { messages: messages.map(fromMessage).reverse(), notes: notesOf(notes), olderToken: nextPageToken };
}

/** With what was said just before. */
export function withOlder(excerpt: Excerpt, page: Page): Excerpt {
  const older = excerptOf(page);
  const first = excerpt.messages[0]?.seq;
  const messages = older.messages.filter(({ seq }) => first === undefined || seq < first);
  return { messages: [...messages, ...excerpt.messages], notes: withNotes(excerpt.notes, older.notes), olderToken: older.olderToken };
}

/** With what was said just after. */
export function withNewer(excerpt: Excerpt, page: Page): Excerpt {
  const newer = excerptOf(page);
  const last = excerpt.messages.at(-1)?.seq;
  const messages = newer.messages.filter(({ seq }) => last === undefined || seq > last);
  return { ...excerpt, messages: [...excerpt.messages, ...messages], notes: withNotes(excerpt.notes, newer.notes) };
}

/** Whether nothing is missing between an excerpt and what is held. */
export function reaches({ messages }: Excerpt, log: Log): boolean {
  const last = messages.at(-1)?.ordinal;
  const next = log.messages[0]?.ordinal ?? log.lastOrdinal + 1n;
  return last === undefined || last >= next - 1n;
}

/** How the messages look after what is known to have become of them since. */
export function currentOf({ messages }: Excerpt, changes: Log["changes"], reader: string): readonly LogMessage[] {
  if (changes.size === 0) return messages;
  return messages.map((message) => {
    const change = changes.get(message.seq);
    return change ? changed(message, change, reader) : message;
  });
}

function notesOf(events: Page["notes"]): readonly Note[] {
  return events.flatMap((event) => noteOf(event) ?? []);
}
