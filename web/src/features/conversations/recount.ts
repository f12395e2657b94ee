// Counts emoji anew where events alone cannot: a list names the first people
// only, so of the others it is not known whether they are counted already.
import type { Api } from "../../api/transport";
import type { Event } from "../../gen/confab/message/v1/event_pb";
import type { Message } from "../../gen/confab/message/v1/message_pb";
import { isPartial, type Reaction } from "../../log/reactions";

/** What counting needs from the rest of the client. */
export interface RecountOptions {
  readonly api: Pick<Api, "messages">;
  /** The emoji of a message as they are known here. */
  readonly reactions: (conversationId: string, seq: bigint) => readonly Reaction[];
  readonly take: (message: Message) => void;
}

/** Asks for messages whose emoji are not certain. */
export class Recount {
  /** Messages that are asked for now, and whether something has happened to them since. */
  readonly #running = new Map<string, boolean>();

  constructor(
    private readonly options: RecountOptions,
    private readonly signal: AbortSignal,
  ) {}

  /** An event was taken in. */
  note({ conversationId, kind }: Event): void {
    if (kind.case !== "reactionAdded" && kind.case !== "reactionRemoved") return;
    const { targetSeq } = kind.value;
    if (!isPartial(this.options.reactions(conversationId, targetSeq))) return;
    const key = `${conversationId} ${targetSeq}`;
    const isRunning = this.#running.has(key);
    this.#running.set(key, isRunning);
    if (!isRunning) void this.#ask(key, conversationId, targetSeq);
  }

  /** Again until nothing has happened meanwhile: an answer may be older than the last event. */
  async #ask(key: string, conversationId: string, seq: bigint): Promise<void> {
    do {
      this.#running.set(key, false);
      try {
        const { message } = await this.options.api.messages.getMessage({ conversationId, seq }, { signal: this.signal });
        if (message) this.options.take(message);
      } catch {
        // What is shown is off by a few at most, until the history is read again.
      }
    } while (this.#running.get(key) && !this.signal.aborted);
    this.#running.delete(key);
  }
}
