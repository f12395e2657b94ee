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

  /** The message that what was begun answers; 0 if it answers none. */
  answers(conversationId: string): bigint {
    try {
      const kept = this.storage.getItem(this.#answersKey(conversationId)) ?? "";
      return /^\d{1,18}$/.test(kept) ? BigInt(kept) : 0n;
    } catch {
      return 0n;
    }
  }

  /** Keeps which message is answered; 0 is forgotten. */
  setAnswers(conversationId: string, seq: bigint): void {
    try {
      if (seq === 0n) this.storage.removeItem(this.#answersKey(conversationId));
      else this.storage.setItem(this.#answersKey(conversationId), String(seq));
    } catch {
      // As above.
    }
  }

  #answersKey(conversationId: string): string {
    return `${this.prefix}${conversationId}.answers`;
  }
}
