// How far others have got and read a conversation, and telling how far it has
// come to this device.
import { createStore, type StoreApi } from "zustand/vanilla";
import { pause } from "../../api/backoff";
import type { Api } from "../../api/transport";
import type { MarkMoved } from "../../gen/confab/message/v1/live_service_pb";
import type { Conversation } from "../conversations/conversation";
import { unreadCount } from "../../log/log";

/** The contract tells the marks of conversations of at most so many members, and takes as many at once. */
export const MARKS_MAX = 100;
/** Marks are told together, at most so often. */
const TOGETHER_MS = 1_000;

/** How far somebody has come. */
export interface Mark {
  readonly readSeq: bigint;
  readonly deliveredSeq: bigint;
}

/** By conversation, and there by person. */
export type AllMarks = ReadonlyMap<string, ReadonlyMap<string, Mark>>;

/** What marks need from the rest of the client. */
export interface MarksOptions {
  readonly api: Pick<Api, "conversations">;
  readonly me: string;
  /** The reader has read so far on another device. */
  readonly onReadElsewhere: (conversationId: string, seq: bigint) => void;
}

/** Keeps marks. */
export class Marks {
  readonly store: StoreApi<AllMarks> = createStore<AllMarks>(() => new Map());
  /** How far each conversation is known to have come to this device. */
  readonly #told = new Map<string, bigint>();
  readonly #untold = new Map<string, bigint>();
  #telling = false;

  constructor(
    private readonly options: MarksOptions,
    private readonly signal: AbortSignal,
  ) {}

  /** Asks how far everybody has come in a conversation that is looked at. */
  async load(conversationId: string): Promise<void> {
    try {
      const { members } = await this.options.api.conversations.listMembers({ conversationId, pageSize: MARKS_MAX }, { signal: this.signal });
      for (const { userId, readSeq, deliveredSeq } of members) this.#move(conversationId, userId, { readSeq: readSeq ?? 0n, deliveredSeq: deliveredSeq ?? 0n });
    } catch {
      // Without it a message looks sent and no more, which is true.
    }
  }

  /** Somebody has come further. */
  take({ conversationId, userId, readSeq, deliveredSeq }: MarkMoved): void {
    if (userId === this.options.me) return this.options.onReadElsewhere(conversationId, readSeq);
    this.#move(conversationId, userId, { readSeq, deliveredSeq });
  }

  /** Takes note of what has come to this device, and tells what is new. */
  note(conversations: Iterable<Conversation>): void {
    for (const { id, log } of conversations) {
      const told = this.#told.get(id);
      // What was there when the page was opened came to some device before, unless it is unread.
      if (told === undefined && unreadCount(log) === 0) this.#told.set(id, log.upTo);
      else if (log.upTo > (told ?? 0n)) this.#untold.set(id, log.upTo);
    }
    if (this.#untold.size > 0 && !this.#telling) void this.#tell();
  }

  async #tell(): Promise<void> {
    this.#telling = true;
    while (this.#untold.size > 0 && !this.signal.aborted) {
      await pause(TOGETHER_MS, this.signal);
      const marks = [...this.#untold].slice(0, MARKS_MAX).map(([conversationId, seq]) => ({ conversationId, seq }));
      for (const { conversationId, seq } of marks) {
        this.#untold.delete(conversationId);
        this.#told.set(conversationId, seq);
      }
      try {
        await this.options.api.conversations.markDelivered({ marks }, { signal: this.signal });
      } catch {
        // The next mark of the conversation says this too, and so does reading it.
      }
    }
    this.#telling = false;
  }

  /** Marks only ever move forward. */
  #move(conversationId: string, userId: string, mark: Mark): void {
    const all = this.store.getState();
    const before = all.get(conversationId)?.get(userId);
    const next = { readSeq: later(before?.readSeq, mark.readSeq), deliveredSeq: later(before?.deliveredSeq, later(mark.deliveredSeq, mark.readSeq)) };
    if (before && next.readSeq === before.readSeq && next.deliveredSeq === before.deliveredSeq) return;
    this.store.setState(new Map(all).set(conversationId, new Map(all.get(conversationId)).set(userId, next)), true);
  }
}

function later(first: bigint | undefined, second: bigint): bigint {
  return first !== undefined && first > second ? first : second;
}
