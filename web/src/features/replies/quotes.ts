// Messages that are answered but not held here, fetched one by one.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Api } from "../../api/transport";
import { type Attachment, attachmentsOf } from "../../log/attachment";

/** Messages remembered; the first to have come go first. */
const REMEMBERED_MAX = 500;

/** What is shown of a message that is answered; `null` if it cannot be. */
export type Quoted = { readonly senderId: string; readonly text: string; readonly attachments: readonly Attachment[]; readonly isDeleted: boolean } | null;

/** Remembers quotes. */
export class Quotes {
  readonly store: StoreApi<ReadonlyMap<string, Quoted>> = createStore<ReadonlyMap<string, Quoted>>(() => new Map());
  readonly #asked = new Set<string>();

  constructor(
    private readonly api: Pick<Api, "messages">,
    private readonly signal: AbortSignal,
  ) {}

  /** Sees to it that a message becomes known. */
  need(conversationId: string, seq: bigint): void {
    const key = quoteKey(conversationId, seq);
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    void this.#fetch(key, conversationId, seq);
  }

  async #fetch(key: string, conversationId: string, seq: bigint): Promise<void> {
    try {
      const { message } = await this.api.messages.getMessage({ conversationId, seq }, { signal: this.signal });
      this.#keep(key, message ? { senderId: message.senderId, text: message.text, attachments: attachmentsOf(message.attachments), isDeleted: message.deleteTime !== undefined } : null);
    } catch {
      // It may be older than what one may see, or the net is gone: it is asked for again when it is shown again.
      this.#keep(key, null);
      this.#asked.delete(key);
    }
  }

  #keep(key: string, quoted: Quoted): void {
    const next = new Map(this.store.getState()).set(key, quoted);
    for (const oldest of next.keys()) {
      if (next.size <= REMEMBERED_MAX) break;
      next.delete(oldest);
      this.#asked.delete(oldest);
    }
    this.store.setState(next, true);
  }
}

/** Names a message in the store. */
export function quoteKey(conversationId: string, seq: bigint): string {
  return `${conversationId} ${seq}`;
}
