// Messages on their way to the server: each is sent once, in order, however
// often it has to be tried.
import { createStore, type StoreApi } from "zustand/vanilla";
import { Backoff, pause } from "../../api/backoff";
import { isPassing, type Problem, problemOf } from "../../api/problem";
import type { Api } from "../../api/transport";
import type { World } from "../../api/world";
import type { Message } from "../../gen/confab/message/v1/message_pb";
import type { Log } from "../../log/log";
import { newUuid } from "./uuid";

/** After so many tries a person decides whether to go on. */
export const TRIES_MAX = 8;
const BACKOFF_BASE_MS = 400;
const BACKOFF_CEILING_MS = 15_000;
/** Messages on their way in all conversations together. */
export const OUTGOING_MAX = 200;

/** A message that is not in the log yet. */
export interface Outgoing {
  /** Makes a retry safe: the server stores one message for each. */
  readonly clientId: string;
  readonly conversationId: string;
  readonly text: string;
  /** The message that it answers; 0 if it answers none. */
  readonly replyToSeq: bigint;
  /** Who is meant. */
  readonly mentionIds: readonly string[];
  /** When it was written, in milliseconds since 1970. */
  readonly createTime: number;
  readonly status: "waiting" | "failed" | "sent";
  /** Why it failed. */
  readonly problem?: Problem;
  /** Its place in the log, once sent. */
  readonly seq?: bigint;
}

/** What a message says beside its text. */
export type Beside = Partial<Pick<Outgoing, "replyToSeq" | "mentionIds">>;

/** What the outbox needs from the rest of the client. */
export interface OutboxOptions {
  readonly api: Pick<Api, "messages">;
  readonly onSent: (message: Message) => void;
  readonly onUnauthenticated: () => Promise<void>;
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** Where in the storage. */
  readonly key: string;
  readonly world: World;
}

/** Sends messages. */
export class Outbox {
  readonly store: StoreApi<readonly Outgoing[]>;
  readonly #running = new Set<string>();

  constructor(
    private readonly options: OutboxOptions,
    private readonly signal: AbortSignal,
  ) {
    this.store = createStore<readonly Outgoing[]>(() => this.#restore());
    this.store.subscribe(() => this.#save());
    for (const { conversationId } of this.store.getState()) void this.#run(conversationId);
  }

  /** Takes a message; returns false if too many are on their way. */
  send(conversationId: string, text: string, { replyToSeq = 0n, mentionIds = [] }: Beside = {}): boolean {
    const all = this.store.getState();
    if (all.length >= OUTGOING_MAX) return false;
    const message: Outgoing = { clientId: newUuid(), conversationId, text, replyToSeq, mentionIds, createTime: this.options.world.now(), status: "waiting" };
    this.store.setState([...all, message], true);
    void this.#run(conversationId);
    return true;
  }

  /** Tries a failed message again, under the same id. */
  retry(clientId: string): void {
    const message = this.#change(clientId, { status: "waiting", problem: undefined });
    if (message) void this.#run(message.conversationId);
  }

  /** Gives a message up, and lets those behind it go on. */
  discard(clientId: string): void {
    const message = this.#find(clientId);
    this.#remove(clientId);
    if (message) void this.#run(message.conversationId);
  }

  /** Drops messages that the log now shows: they are stored, also while the answer is late or lost. */
  prune(isInLog: (message: Outgoing) => boolean): void {
    const shown = this.store.getState().filter(isInLog);
    if (shown.length === 0) return;
    this.store.setState(
      this.store.getState().filter((message) => !shown.includes(message)),
      true,
    );
    // One that failed held up those behind it.
    for (const { conversationId } of shown) void this.#run(conversationId);
  }

  /** Whether anything would be lost if the page went away for good. */
  get hasUnsent(): boolean {
    return this.store.getState().some(({ status }) => status !== "sent");
  }

  /** Sends what waits in one conversation, one after the other. */
  async #run(conversationId: string): Promise<void> {
    if (this.#running.has(conversationId)) return;
    this.#running.add(conversationId);
    for (let next = this.#first(conversationId); next; next = this.#first(conversationId)) {
      await this.#sendOne(next);
    }
    this.#running.delete(conversationId);
  }

  /** The message whose turn it is. One that could not be sent holds up those behind it; one that was refused does not. */
  #first(conversationId: string): Outgoing | undefined {
    if (this.signal.aborted) return undefined;
    const open = this.store.getState().filter((message) => message.conversationId === conversationId && message.status !== "sent");
    const first = open.find(({ problem }) => !problem || isPassing(problem));
    return first?.status === "waiting" ? first : undefined;
  }

  async #sendOne({ clientId, conversationId, text, replyToSeq, mentionIds }: Outgoing): Promise<void> {
    const { api, onSent, onUnauthenticated, world } = this.options;
    const backoff = new Backoff(BACKOFF_BASE_MS, BACKOFF_CEILING_MS, world.random);
    while (this.#find(clientId) && !this.signal.aborted) {
      // Without a net a try is not worth counting.
      if (!world.isOnline()) await pause(BACKOFF_CEILING_MS, this.signal, world.events, "online");
      try {
        const request = { target: { case: "conversationId", value: conversationId } as const, text, clientId, replyToSeq, mentionIds: [...mentionIds] };
        const { message } = await api.messages.sendMessage(request, { signal: this.signal });
        this.#change(clientId, { status: "sent", seq: message?.seq ?? 0n });
        if (message) onSent(message);
        return;
      } catch (thrown) {
        const problem = problemOf(thrown);
        if (this.signal.aborted) return;
        if (problem.kind === "unauthenticated") await onUnauthenticated();
        const retried = isPassing(problem) || problem.kind === "unauthenticated";
        const delay = Math.max(backoff.nextMs(), problem.retryAfterMs ?? 0);
        if (!retried || (backoff.tries >= TRIES_MAX && world.isOnline())) {
          this.#change(clientId, { status: "failed", problem });
          return;
        }
        await pause(delay, this.signal, world.events, "online");
      }
    }
  }

  #find(clientId: string): Outgoing | undefined {
    return this.store.getState().find((message) => message.clientId === clientId);
  }

  #change(clientId: string, change: Partial<Outgoing>): Outgoing | undefined {
    this.store.setState(
      this.store.getState().map((message) => (message.clientId === clientId ? { ...message, ...change } : message)),
      true,
    );
    return this.#find(clientId);
  }

  #remove(clientId: string): void {
    this.store.setState(
      this.store.getState().filter((message) => message.clientId !== clientId),
      true,
    );
  }

  /** What a reload must not lose. Every tab has its own: a copy in two tabs would still be stored once. */
  #save(): void {
    const open = this.store.getState().filter(({ status }) => status !== "sent");
    const { storage, key } = this.options;
    try {
      if (open.length === 0) storage.removeItem(key);
      else storage.setItem(key, JSON.stringify(open.map(toSaved)));
    } catch {
      // Full or refused storage: the message is still in memory and on its way.
    }
  }

  #restore(): readonly Outgoing[] {
    try {
      const saved: unknown = JSON.parse(this.options.storage.getItem(this.options.key) ?? "[]");
      return Array.isArray(saved) ? saved.filter(isSaved).map(fromSaved) : [];
    } catch {
      return [];
    }
  }
}

/** Whether the log of a conversation shows a message of `me`: known by its place once we were told of it, until then by its id. */
export function isInLog({ clientId, seq }: Outgoing, log: Log | undefined, me: string): boolean {
  if (seq !== undefined) return (log?.upTo ?? seq) >= seq;
  return log?.messages.some((message) => message.clientId === clientId && message.senderId === me) ?? false;
}

/** A message as it is kept; numbers of messages are text there. */
type Saved = Pick<Outgoing, "clientId" | "conversationId" | "text" | "createTime"> & { readonly replyToSeq?: string; readonly mentionIds?: readonly string[] };

function toSaved({ clientId, conversationId, text, createTime, replyToSeq, mentionIds }: Outgoing): Saved {
  return { clientId, conversationId, text, createTime, replyToSeq: String(replyToSeq), mentionIds };
}

function fromSaved({ replyToSeq = "0", mentionIds = [], ...message }: Saved): Outgoing {
  return { ...message, replyToSeq: BigInt(replyToSeq), mentionIds, status: "waiting" };
}

function isSaved(value: unknown): value is Saved {
  const { clientId, conversationId, text, createTime, replyToSeq = "0", mentionIds = [] } = (value ?? {}) as Record<string, unknown>;
  const isWhole = typeof clientId === "string" && typeof conversationId === "string" && typeof text === "string" && typeof createTime === "number";
  return isWhole && typeof replyToSeq === "string" && /^\d{1,18}$/.test(replyToSeq) && Array.isArray(mentionIds) && mentionIds.every((id) => typeof id === "string");
}
