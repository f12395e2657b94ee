// The conversations of the person who is signed in, and what is known of each.
import { createStore, type StoreApi } from "zustand/vanilla";
import { Backoff, pause } from "../../api/backoff";
import { type Problem, problemOf } from "../../api/problem";
import type { Api } from "../../api/transport";
import type { World } from "../../api/world";
import type { Event } from "../../gen/confab/message/v1/event_pb";
import type { Message } from "../../gen/confab/message/v1/message_pb";
import { ConversationKind, type Conversation as Listed } from "../../gen/confab/message/v1/conversation_service_pb";
import type { SubscribeResponse } from "../../gen/confab/message/v1/live_service_pb";
import { CatchUp, EVENTS_PAGE } from "../../log/catch-up";
import * as logs from "../../log/log";
import { eventOf } from "./event-of";

/** The contract lets a subscriber name this many conversations, so no more are held. */
const CONVERSATIONS_MAX = 1_000;
const CONVERSATIONS_PAGE = 100;
/** So often the list is read for a conversation that it does not have; it may be one too many. */
const DISCOVER_MAX = 3;
/** Messages kept of a conversation that nobody looks at. */
const UNSEEN_MESSAGES_MAX = 50;
const BACKOFF_BASE_MS = 1_000;
const BACKOFF_CEILING_MS = 20_000;

/** A conversation. */
export interface Conversation {
  readonly id: string;
  readonly kind: ConversationKind;
  /** Of a group, only some. */
  readonly memberIds: readonly string[];
  /** When it was opened, in milliseconds since 1970. */
  readonly createTime: number;
  readonly log: logs.Log;
}

/** All of them, by id. */
export interface ConversationsState {
  readonly status: "loading" | "ready" | "failed";
  /** Why the list could not be read. */
  readonly problem?: Problem;
  readonly byId: ReadonlyMap<string, Conversation>;
}

/** Keeps the conversations as the server tells of them. */
export class Conversations {
  readonly store: StoreApi<ConversationsState> = createStore<ConversationsState>(() => ({ status: "loading", byId: new Map() }));
  /** Names the history that the numbers belong to; the server gives it. */
  epoch = "";
  readonly #catchUp: CatchUp;
  #loading: Promise<boolean> | undefined;
  /** Heads of conversations that the list has not told us of yet. */
  readonly #undiscovered = new Map<string, bigint>();

  constructor(
    private readonly api: Pick<Api, "conversations" | "messages">,
    private readonly me: string,
    private readonly world: World,
    private readonly signal: AbortSignal,
  ) {
    this.#catchUp = new CatchUp(
      {
        list: (conversationId, afterSeq, signal) => api.messages.listEvents({ conversationId, afterSeq, pageSize: EVENTS_PAGE }, { signal }),
        log: (id) => this.get(id)?.log,
        take: (id, events, headSeq) => this.#change(id, (log) => logs.applyPage(log, events, headSeq, me)),
        onGone: (id) => this.#lose(id),
        world,
      },
      signal,
    );
  }

  /** The conversation with that id, if it is known. */
  get(id: string): Conversation | undefined {
    return this.store.getState().byId.get(id);
  }

  /** Reads the list, again and again until it is there. */
  async loaded(): Promise<void> {
    const backoff = new Backoff(BACKOFF_BASE_MS, BACKOFF_CEILING_MS, this.world.random);
    while (this.store.getState().status !== "ready" && !this.signal.aborted) {
      await this.load();
      if (this.store.getState().status === "failed") await pause(backoff.nextMs(), this.signal, this.world.events, "online");
    }
  }

  /** Reads the list once, and takes over what is new. Tells whether it could be read. */
  load(): Promise<boolean> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<boolean> {
    try {
      const before = this.store.getState().byId;
      const listed = new Set<string>();
      let pageToken = "";
      do {
        const page = await this.api.conversations.listConversations({ pageSize: CONVERSATIONS_PAGE, pageToken }, { signal: this.signal });
        this.#takeListed(page.conversations);
        for (const { conversationId } of page.conversations) listed.add(conversationId);
        pageToken = page.nextPageToken;
      } while (pageToken !== "" && this.store.getState().byId.size < CONVERSATIONS_MAX);
      // Only a list that was read to its end tells what one is not in any more. What something happened in
      // meanwhile may have moved from a page that was still to come to one that had been read.
      if (pageToken === "") this.#forget([...before.values()].filter(({ id, log }) => !listed.has(id) && this.get(id)?.log === log).map(({ id }) => id));
      this.store.setState({ status: "ready", problem: undefined });
      return true;
    } catch (thrown) {
      // A list that is there stays: it is only not the newest.
      if (this.store.getState().status !== "ready") this.store.setState({ status: "failed", problem: problemOf(thrown) });
      return false;
    }
  }

  /** Forgets everything: the server's history is another one. */
  async reset(epoch: string): Promise<void> {
    this.epoch = epoch;
    this.store.setState({ status: "loading", problem: undefined, byId: new Map() });
    await this.loaded();
  }

  /** What to tell the server that we know. */
  knownHeads(): { conversationId: string; seq: bigint }[] {
    const newestFirst = [...this.store.getState().byId.values()].sort((a, b) => lastTime(b) - lastTime(a));
    return newestFirst.slice(0, CONVERSATIONS_MAX).map(({ id, log }) => ({ conversationId: id, seq: log.upTo }));
  }

  /** Takes in what the stream says. */
  take({ frame }: SubscribeResponse): void {
    switch (frame.case) {
      case "event":
        return this.takeEvent(frame.value);
      case "headMoved":
        return this.#noteHead(frame.value.conversationId, frame.value.headSeq);
      case "gone":
        return this.#lose(frame.value.conversationId);
      case "ready":
        this.epoch = frame.value.epoch;
        return;
      case "reset":
        return void this.reset(frame.value.epoch);
    }
  }

  /** Takes in one event, also of a conversation that is new. */
  takeEvent(event: Event): void {
    const { kind } = event;
    if (this.get(event.conversationId)) this.#change(event.conversationId, (log) => logs.applyEvent(log, event, this.me));
    // The list does not have what one has left.
    else if (kind.case !== "memberLeft" || kind.value.memberId !== this.me) this.#noteHead(event.conversationId, event.seq);
  }

  /** Takes in a message that the server has just stored for us. */
  takeSent(message: Message): void {
    this.takeEvent(eventOf(message));
  }

  /** Takes in what another tab knows. */
  takeHeads(heads: ReadonlyMap<string, bigint>): void {
    for (const [id, seq] of heads) this.#noteHead(id, seq);
  }

  /** Reads a page of history; an empty token asks for the newest. Returns the token of the page before it. */
  async loadHistory(id: string, pageToken: string, signal: AbortSignal): Promise<string> {
    const page = await this.api.messages.listMessages({ conversationId: id, pageToken }, { signal });
    this.#change(id, (log) => logs.addHistory(log, page.messages));
    return page.nextPageToken;
  }

  /** Frees the memory of a conversation that nobody looks at any more. */
  leave(id: string): void {
    this.#change(id, (log) => logs.keepNewest(log, UNSEEN_MESSAGES_MAX));
  }

  /** Takes note that everything up to `seq` has been read. */
  takeRead(id: string, seq: bigint): void {
    this.#change(id, (log) => logs.markRead(log, seq));
  }

  /** The conversation with one other person, made if there is none. Throws what the call throws. */
  async openWith(userId: string): Promise<string> {
    for (const { id, kind, memberIds } of this.store.getState().byId.values()) {
      if (kind === ConversationKind.DIRECT && memberIds.includes(userId)) return id;
    }
    const { conversation } = await this.api.conversations.openDirectConversation({ userId }, { signal: this.signal });
    if (conversation) this.#takeListed([conversation]);
    return conversation?.conversationId ?? "";
  }

  #noteHead(id: string, seq: bigint): void {
    if (this.get(id)) return this.#change(id, (log) => logs.noteHead(log, seq));
    const alone = this.#undiscovered.size === 0;
    this.#undiscovered.set(id, seq);
    if (alone) void this.#discover();
  }

  /** Reads the list until it has the conversations that we have heard of. */
  async #discover(): Promise<void> {
    const backoff = new Backoff(BACKOFF_BASE_MS, BACKOFF_CEILING_MS, this.world.random);
    // A reading that is under way may have begun before they were there.
    await this.#loading;
    for (let misses = 0; misses < DISCOVER_MAX && !this.signal.aborted; ) {
      if (await this.load()) misses += 1;
      for (const [id, seq] of this.#undiscovered) {
        if (!this.get(id)) continue;
        this.#undiscovered.delete(id);
        this.#change(id, (log) => logs.noteHead(log, seq));
      }
      if (this.#undiscovered.size === 0) return;
      await pause(backoff.nextMs(), this.signal);
    }
    this.#undiscovered.clear();
  }

  #takeListed(listed: readonly Listed[]): void {
    const byId = new Map(this.store.getState().byId);
    for (const { conversationId: id, kind, memberIds, createTime, ...summary } of listed) {
      const before = byId.get(id);
      const log = before ? logs.takeSummary(before.log, summary) : logs.openLog(summary);
      byId.set(id, { id, kind, memberIds, createTime: Number(createTime?.seconds ?? 0n) * 1000, log });
    }
    this.store.setState({ byId });
    for (const { conversationId } of listed) this.#catchUp.want(conversationId);
  }

  #change(id: string, change: (log: logs.Log) => logs.Log): void {
    const { byId } = this.store.getState();
    const before = byId.get(id);
    if (!before) return;
    const log = change(before.log);
    if (log.hasLeft) return this.#lose(id);
    if (log !== before.log) this.store.setState({ byId: new Map(byId).set(id, { ...before, log }) });
    this.#catchUp.want(id);
  }

  /** One is not in it any more. */
  #lose(id: string): void {
    this.#forget([id]);
    // A reading that is under way may have begun before, and bring it back.
    void this.#loading?.then(() => this.load());
  }

  #forget(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const byId = new Map(this.store.getState().byId);
    for (const id of ids) byId.delete(id);
    this.store.setState({ byId });
  }
}

/** When something was last said, or the conversation was opened. */
export function lastTime({ log, createTime }: Conversation): number {
  return logs.lastMessage(log)?.createTime ?? createTime;
}
