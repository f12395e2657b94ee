// Fetches the events that are missing, until there is no gap.
import { Backoff, pause } from "../api/backoff";
import { problemOf } from "../api/problem";
import type { World } from "../api/world";
import type { Event } from "../gen/confab/message/v1/event_pb";
import { hasGap, type Log } from "./log";

/** Events to ask for at once: the most the contract allows. */
export const EVENTS_PAGE = 500;
/** Conversations fetched at once: a browser has six connections, and people want some of them. */
const AT_ONCE = 2;
const BACKOFF_BASE_MS = 500;
const BACKOFF_CEILING_MS = 15_000;

/** What catching up needs from the rest of the client. */
export interface CatchUpOptions {
  readonly list: (conversationId: string, afterSeq: bigint, signal: AbortSignal) => Promise<{ events: Event[]; headSeq: bigint }>;
  readonly log: (conversationId: string) => Log | undefined;
  readonly take: (conversationId: string, events: readonly Event[], headSeq: bigint) => void;
  /** There is no such conversation for the reader any more. */
  readonly onGone: (conversationId: string) => void;
  readonly world: Pick<World, "random">;
}

/** Closes gaps, a few conversations at a time, each in order. */
export class CatchUp {
  readonly #waiting = new Set<string>();
  readonly #running = new Set<string>();

  constructor(
    private readonly options: CatchUpOptions,
    private readonly signal: AbortSignal,
  ) {}

  /** Sees to it that the gap of a conversation is closed, if it has one. */
  want(conversationId: string): void {
    const log = this.options.log(conversationId);
    if (!log || !hasGap(log) || this.#running.has(conversationId)) return;
    this.#waiting.add(conversationId);
    this.#startNext();
  }

  #startNext(): void {
    for (const id of this.#waiting) {
      if (this.#running.size >= AT_ONCE || this.signal.aborted) return;
      this.#waiting.delete(id);
      this.#running.add(id);
      void this.#close(id).finally(() => {
        this.#running.delete(id);
        this.#startNext();
      });
    }
  }

  async #close(id: string): Promise<void> {
    const { list, log, take, onGone, world } = this.options;
    const backoff = new Backoff(BACKOFF_BASE_MS, BACKOFF_CEILING_MS, world.random);
    for (let gap = log(id); gap && hasGap(gap) && !this.signal.aborted; gap = log(id)) {
      try {
        const { events, headSeq } = await list(id, gap.upTo, this.signal);
        take(id, events, headSeq);
        // An answer without what was asked for is no progress: not in a tight loop.
        if (events.length > 0) backoff.succeed();
        else await pause(backoff.nextMs(), this.signal);
      } catch (thrown) {
        if (problemOf(thrown).kind === "not-found") return onGone(id);
        // Whatever else it was, the stream will show the same problem; here it only means: later.
        await pause(backoff.nextMs(), this.signal);
      }
    }
  }
}
