// What a person has begun to write, kept until it is sent.

/** Longest draft to keep, in characters; the contract takes 8,000. */
export const DRAFT_CHARS_MAX = 20_000;

/** Begun messages, by conversation. Shared by the tabs, kept over a restart of the browser. */
export class Drafts {
  constructor(
    private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">,
    private readonly prefix: string,
  ) {}

  /** What was begun in a conversation; empty if nothing was. */
  get(conversationId: string): string {
    try {
      return this.storage.getItem(this.prefix + conversationId) ?? "";
    } catch {
      return "";
    }
  }

  /** Keeps `text`; an empty one is forgotten. */
  set(conversationId: string, text: string): void {
    try {
      if (text === "") this.storage.removeItem(this.prefix + conversationId);
      else this.storage.setItem(this.prefix + conversationId, text.slice(0, DRAFT_CHARS_MAX));
    } catch {
      // Full or refused storage: the text is still in its field.
    }
  }
}
