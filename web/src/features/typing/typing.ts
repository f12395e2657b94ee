// Who is writing where, and telling others that one is.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Api } from "../../api/transport";
import type { World } from "../../api/world";
import { say } from "../../words/say";

/** What is not repeated is over after this time, says the contract. */
const OVER_MS = 6_000;
/** So often it is to be repeated. */
const REPEAT_MS = 3_000;

/** Who is writing, by conversation: until when, by person. */
export type Writers = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** What typing needs from the rest of the client. */
export interface TypingOptions {
  readonly api: Pick<Api, "live">;
  readonly me: string;
  readonly world: Pick<World, "now">;
}

/** Keeps who is writing. */
export class Typing {
  readonly store: StoreApi<Writers> = createStore<Writers>(() => new Map());
  /** When one last told that one is writing, by conversation. */
  readonly #told = new Map<string, number>();

  constructor(
    private readonly options: TypingOptions,
    private readonly signal: AbortSignal,
  ) {}

  /** Somebody is writing, or has stopped. */
  take(conversationId: string, userId: string, isWriting: boolean): void {
    if (userId === this.options.me) return;
    if (!isWriting) return this.#remove(conversationId, userId);
    const until = this.options.world.now() + OVER_MS;
    const all = this.store.getState();
    this.store.setState(new Map(all).set(conversationId, new Map(all.get(conversationId)).set(userId, until)), true);
    setTimeout(() => {
      if (this.store.getState().get(conversationId)?.get(userId) === until) this.#remove(conversationId, userId);
    }, OVER_MS);
  }

  /** One has pressed a key. */
  write(conversationId: string): void {
    const now = this.options.world.now();
    if (now - (this.#told.get(conversationId) ?? 0) < REPEAT_MS) return;
    this.#told.set(conversationId, now);
    this.#tell(conversationId, true);
  }

  /** One has sent it, or thought better of it. */
  stop(conversationId: string): void {
    if (this.#told.delete(conversationId)) this.#tell(conversationId, false);
  }

  #tell(conversationId: string, typing: boolean): void {
    // It is over by itself soon: a call that fails is not worth a word.
    this.options.api.live.setTyping({ conversationId, typing }, { signal: this.signal }).catch(() => {});
  }

  #remove(conversationId: string, userId: string): void {
    const all = this.store.getState();
    const rest = new Map(all.get(conversationId));
    if (!rest.delete(userId)) return;
    const next = new Map(all).set(conversationId, rest);
    if (rest.size === 0) next.delete(conversationId);
    this.store.setState(next, true);
  }
}

/** Who is writing, in words; empty if nobody is. */
export function writingWords(names: readonly string[]): string {
  const [first, second] = names;
  if (!first) return "";
  if (!second) return say("typing.one", { name: first });
  return names.length === 2 ? say("typing.two", { first, second }) : say("typing.many", { count: names.length });
}
