// Where somebody was in a conversation when they left the page, so that they
// are there again when they reload it. For one tab.

/** A message at the upper edge, and how far it is scrolled out of sight, in pixels. */
export interface Place {
  readonly seq: bigint;
  readonly offset: number;
}

const KEPT = /^(\d{1,18}) (-?\d{1,7})$/;

/** The places of one person. */
export class Places {
  constructor(
    private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">,
    private readonly prefix: string,
  ) {}

  /** Where they were; nowhere in particular, if that was the end. */
  get(conversationId: string): Place | undefined {
    try {
      const [, seq, offset] = KEPT.exec(this.storage.getItem(this.prefix + conversationId) ?? "") ?? [];
      return seq === undefined || offset === undefined ? undefined : { seq: BigInt(seq), offset: Number(offset) };
    } catch {
      return undefined;
    }
  }

  /** Keeps a place; the end is forgotten. */
  set(conversationId: string, place: Place | undefined): void {
    try {
      if (place === undefined) this.storage.removeItem(this.prefix + conversationId);
      else this.storage.setItem(this.prefix + conversationId, `${place.seq} ${Math.round(place.offset)}`);
    } catch {
      // Full or refused storage: one comes back to the end.
    }
  }
}
