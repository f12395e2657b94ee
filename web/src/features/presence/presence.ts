// Who is online, of those one talks with.
import { create } from "@bufbuild/protobuf";
import { createStore, type StoreApi } from "zustand/vanilla";
import { pause } from "../../api/backoff";
import type { Api } from "../../api/transport";
import { ConversationKind } from "../../gen/confab/message/v1/conversation_service_pb";
import { type Presence as Told, type SubscribeResponse, SubscribeResponseSchema } from "../../gen/confab/message/v1/live_service_pb";
import { type Conversation, lastTime } from "../conversations/conversation";

/** The contract lets one watch so many people. */
const WATCHED_MAX = 200;
/** So often the list is told again, because a node may have lost it. */
const REPEAT_MS = 60_000;
/** Changes of the list within this time are told together. */
const TOGETHER_MS = 300;

/** Whether somebody is there. */
export interface Seen {
  readonly isOnline: boolean;
  /** When they last were, in milliseconds since 1970; 0 if that is not known. */
  readonly lastSeen: number;
}

/** What presence needs from the rest of the client. */
export interface PresenceOptions {
  readonly api: Pick<Api, "live">;
  /** Tells the other tabs, which have no stream of their own. */
  readonly share: (frame: SubscribeResponse) => void;
}

/** Watches people. */
export class Presence {
  readonly store: StoreApi<ReadonlyMap<string, Seen>> = createStore<ReadonlyMap<string, Seen>>(() => new Map());
  /** Happens when whom to watch has changed. */
  readonly #changes = new EventTarget();
  #wanted: readonly string[] = [];
  #stream = new AbortController();

  constructor(
    private readonly options: PresenceOptions,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.#stream.abort());
  }

  /** Whom to watch; the first are the most important. */
  want(userIds: readonly string[]): void {
    const wanted = userIds.slice(0, WATCHED_MAX);
    if (wanted.length === this.#wanted.length && wanted.every((id, place) => id === this.#wanted[place])) return;
    // In what order they stand is of no matter to the server.
    const isSame = wanted.length === this.#wanted.length && new Set([...wanted, ...this.#wanted]).size === wanted.length;
    this.#wanted = wanted;
    if (!isSame) this.#changes.dispatchEvent(new Event("changed"));
  }

  /** This tab has a stream, on which changes will be told. */
  begin(streamId: string): void {
    this.#stream.abort();
    this.#stream = new AbortController();
    void this.#watch(streamId, AbortSignal.any([this.signal, this.#stream.signal]));
  }

  /** Takes in who comes and goes. */
  take(presences: readonly Told[]): void {
    const next = new Map(this.store.getState());
    for (const { userId, online, lastSeenTime } of presences) next.set(userId, { isOnline: online, lastSeen: Number(lastSeenTime?.seconds ?? 0n) * 1000 });
    this.store.setState(next, true);
  }

  /** What is known, as a frame for a tab that is new. */
  snapshot(): SubscribeResponse {
    const presences = [...this.store.getState()].map(([userId, { isOnline, lastSeen }]) => ({
      userId,
      online: isOnline,
      ...(lastSeen > 0 && { lastSeenTime: { seconds: BigInt(Math.floor(lastSeen / 1000)) } }),
    }));
    return create(SubscribeResponseSchema, { frame: { case: "presenceChanged", value: { presences } } });
  }

  async #watch(streamId: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(TOGETHER_MS, signal);
      if (signal.aborted) return;
      try {
        const { presences } = await this.options.api.live.watchPresence({ streamId, userIds: [...this.#wanted] }, { signal });
        this.take(presences);
        this.options.share(this.snapshot());
      } catch {
        // Who is there can wait; what matters fails loudly elsewhere.
      }
      await pause(REPEAT_MS, signal, this.#changes, "changed");
    }
  }
}

/** Whom to watch: those one talks with alone, the latest first. */
export function partners(conversations: readonly Conversation[], me: string): readonly string[] {
  const direct = conversations.filter(({ kind }) => kind === ConversationKind.DIRECT).sort((a, b) => lastTime(b) - lastTime(a));
  return [...new Set(direct.flatMap(({ memberIds }) => memberIds.filter((id) => id !== me)))];
}
