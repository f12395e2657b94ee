// What is written and not sent yet, kept so that it outlives its tab: whichever
// tab is open sends what a closed one has left.
import type { OpenTabs } from "../live/open-tabs";
import type { Outgoing } from "./outbox";

/** What keeping needs from the rest of the client. */
export interface UnsentOptions {
  /**
   * The local storage, not the database: it has kept what it is given when it
   * returns, so that a tab which is closed in the next moment loses nothing.
   */
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;
  /** What the names of our values in the storage begin with. */
  readonly prefix: string;
  readonly tabs: OpenTabs;
  /** Where "storage" happens when another tab keeps something. */
  readonly events: EventTarget;
}

/** Keeps messages until they are sent. */
export class Unsent {
  readonly #watched = new Set<string>();
  /** Messages of this tab that are stored, and kept here only until the log is that has them. */
  readonly #settled = new Set<string>();

  constructor(
    private readonly options: UnsentOptions,
    private readonly signal: AbortSignal,
  ) {
    this.#watched.add(options.tabs.own);
  }

  /** Hands over what tabs that are closed have left, now and whenever one is closed. */
  follow(take: (left: readonly Outgoing[]) => void): void {
    const look = () => {
      for (const { tab } of this.#all()) this.#watch(tab, take);
    };
    this.options.events.addEventListener("storage", look, { signal: this.signal });
    look();
  }

  /** Keeps a message. Tells whether it could: a storage may be full, or refused. */
  keep({ clientId, conversationId, text, createTime, replyToSeq, mentionIds, fileIds, seq }: Outgoing): boolean {
    const saved: Saved = { tab: this.options.tabs.own, clientId, conversationId, text, createTime, replyToSeq: String(replyToSeq), mentionIds, fileIds, ...(seq === undefined ? {} : { seq: String(seq) }) };
    try {
      this.options.storage.setItem(this.options.prefix + clientId, JSON.stringify(saved));
      return true;
    } catch {
      return false;
    }
  }

  /** It is stored. Until it is dropped it is seen after a reload, and not sent any more. */
  settle(message: Outgoing): void {
    this.#settled.add(message.clientId);
    this.keep(message);
  }

  /** Whether it is known to be stored. */
  isSettled(clientId: string): boolean {
    return this.#settled.has(clientId);
  }

  /** It is kept elsewhere, or given up. */
  drop(clientId: string): void {
    this.#settled.delete(clientId);
    try {
      this.options.storage.removeItem(this.options.prefix + clientId);
    } catch {
      // A storage that is refused has not kept it either.
    }
  }

  /** Whether nothing is left to be sent, of whichever tab. */
  get isEmpty(): boolean {
    return this.#all().every(({ seq }) => seq !== undefined);
  }

  /** A tab that only seems to be closed sends too, and it is stored once. */
  #watch(tab: string, take: (left: readonly Outgoing[]) => void): void {
    if (this.#watched.has(tab)) return;
    this.#watched.add(tab);
    this.options.tabs.whenClosed(tab, () => {
      const left = this.#all().filter((saved) => saved.tab === tab);
      take(left.map(fromSaved));
    });
  }

  #all(): readonly Saved[] {
    const { storage, prefix } = this.options;
    try {
      const keys = Array.from({ length: storage.length }, (_, place) => storage.key(place) ?? "").filter((key) => key.startsWith(prefix));
      return keys.flatMap((key) => parsed(storage.getItem(key))).sort((a, b) => a.createTime - b.createTime);
    } catch {
      return [];
    }
  }
}

/** A message as it is kept; numbers of messages are text there. */
interface Saved extends Pick<Outgoing, "clientId" | "conversationId" | "text" | "createTime" | "mentionIds"> {
  /** What an earlier version kept has none. */
  readonly fileIds?: readonly string[];
  readonly tab: string;
  readonly replyToSeq: string;
  /** Its place in the log, once it is stored. */
  readonly seq?: string;
}

function fromSaved({ clientId, conversationId, text, createTime, replyToSeq, mentionIds, fileIds = [], seq }: Saved): Outgoing {
  const stands = seq === undefined ? ({ status: "waiting" } as const) : ({ status: "sent", seq: BigInt(seq) } as const);
  return { clientId, conversationId, text, createTime, replyToSeq: BigInt(replyToSeq), mentionIds, fileIds, ...stands };
}

/** Nothing, if it is damaged. */
function parsed(kept: string | null): readonly Saved[] {
  try {
    const value: unknown = JSON.parse(kept ?? "null");
    return isSaved(value) ? [value] : [];
  } catch {
    return [];
  }
}

function isSaved(value: unknown): value is Saved {
  const { tab, clientId, conversationId, text, createTime, replyToSeq, mentionIds, fileIds = [], seq = "0" } = (value ?? {}) as Record<string, unknown>;
  const texts = [tab, clientId, conversationId, text, replyToSeq, seq];
  return texts.every((one) => typeof one === "string") && typeof createTime === "number" && [replyToSeq, seq].every((number) => /^\d{1,18}$/.test(String(number))) && [mentionIds, fileIds].every(isTexts);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
