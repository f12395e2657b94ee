// Tells the server how far the person has read, one call at a time.
import { Backoff, pause } from "../../api/backoff";
import { isPassing, problemOf } from "../../api/problem";
import type { Api } from "../../api/transport";
import type { World } from "../../api/world";

const BACKOFF_BASE_MS = 1_000;
const BACKOFF_CEILING_MS = 20_000;

/** What read marks need from the rest of the client. */
export interface ReadMarksOptions {
  readonly api: Pick<Api, "conversations">;
  /** Takes the mark over at once, here and in the other tabs. */
  readonly onRead: (conversationId: string, seq: bigint) => void;
  readonly world: Pick<World, "random" | "events">;
}

/** How far the person has read. */
export class ReadMarks {
  /** What is to be told, by conversation: only the newest counts. */
  readonly #waiting = new Map<string, bigint>();
  #telling = false;

  constructor(
    private readonly options: ReadMarksOptions,
    private readonly signal: AbortSignal,
  ) {}

  /** Everything up to `seq` has been seen. */
  mark(conversationId: string, seq: bigint): void {
    this.options.onRead(conversationId, seq);
    this.#waiting.set(conversationId, seq);
    if (!this.#telling) void this.#tell();
  }

  async #tell(): Promise<void> {
    const { api, world } = this.options;
    this.#telling = true;
    const backoff = new Backoff(BACKOFF_BASE_MS, BACKOFF_CEILING_MS, world.random);
    for (const [conversationId, seq] of this.#waiting) {
      if (this.signal.aborted) break;
      try {
        await api.conversations.markRead({ conversationId, seq }, { signal: this.signal });
        backoff.succeed();
      } catch (thrown) {
        if (isPassing(problemOf(thrown))) {
          await pause(backoff.nextMs(), this.signal, world.events, "online");
          // To the end of the line, unless somebody has read on meanwhile.
          const newest = this.#waiting.get(conversationId) ?? seq;
          this.#waiting.delete(conversationId);
          this.#waiting.set(conversationId, newest);
          continue;
        }
      }
      if (this.#waiting.get(conversationId) === seq) this.#waiting.delete(conversationId);
    }
    this.#telling = false;
  }
}
