// The emoji a person has just put on messages or taken back: shown at once,
// told to the server, and forgotten when the stream has had time to say it.
import { createStore, type StoreApi } from "zustand/vanilla";
import { type Problem, problemOf } from "../../api/problem";
import type { Api } from "../../api/transport";
import { type Reaction, withReaction } from "../../log/reactions";

/** So long after the answer the stream may need to say the same. */
const LINGER_MS = 3_000;

/** What somebody wants of one emoji on one message. */
interface Intent {
  readonly conversationId: string;
  readonly seq: bigint;
  readonly emoji: string;
  readonly isOn: boolean;
}

/** All of them, by message and emoji. */
export type Intents = ReadonlyMap<string, Intent>;

/** What the intents need from the rest of the client. */
export interface ReactionIntentsOptions {
  readonly api: Pick<Api, "messages">;
  readonly onProblem: (problem: Problem) => void;
}

/** Puts emoji on messages. */
export class ReactionIntents {
  readonly store: StoreApi<Intents> = createStore<Intents>(() => new Map());
  readonly #running = new Set<string>();

  constructor(
    private readonly options: ReactionIntentsOptions,
    private readonly signal: AbortSignal,
  ) {}

  /** Puts an emoji there, or takes it back. */
  set(intent: Intent): void {
    const key = keyOf(intent);
    this.store.setState(new Map(this.store.getState()).set(key, intent), true);
    if (!this.#running.has(key)) void this.#tell(key);
  }

  /** One call at a time for each emoji, until what was last wanted was told. */
  async #tell(key: string): Promise<void> {
    const { messages } = this.options.api;
    this.#running.add(key);
    let told: Intent | undefined;
    for (let next = this.#get(key); next && next !== told && !this.signal.aborted; next = this.#get(key)) {
      told = next;
      const { conversationId, seq, emoji, isOn } = next;
      try {
        const call = isOn ? messages.addReaction : messages.removeReaction;
        await call({ conversationId, seq, emoji }, { signal: this.signal });
      } catch (thrown) {
        this.#drop(key, next);
        if (!this.signal.aborted) this.options.onProblem(problemOf(thrown));
      }
    }
    this.#running.delete(key);
    setTimeout(() => told && this.#drop(key, told), LINGER_MS);
  }

  #get(key: string): Intent | undefined {
    return this.store.getState().get(key);
  }

  /** Unless something else is wanted by now. */
  #drop(key: string, intent: Intent): void {
    if (this.#get(key) !== intent) return;
    const rest = new Map(this.store.getState());
    rest.delete(key);
    this.store.setState(rest, true);
  }
}

/** The emoji on a message with those that `me` wants there. */
export function withIntents(reactions: readonly Reaction[], intents: Intents, conversationId: string, seq: bigint, me: string): readonly Reaction[] {
  let next = reactions;
  for (const intent of intents.values()) {
    if (intent.conversationId === conversationId && intent.seq === seq) next = withReaction(next, { emoji: intent.emoji, userId: me, isOn: intent.isOn }, me);
  }
  return next;
}

function keyOf({ conversationId, seq, emoji }: Intent): string {
  return `${conversationId} ${seq} ${emoji}`;
}
