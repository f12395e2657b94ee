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
import type { ListMessagesResponse } from "../../gen/confab/message/v1/message_service_pb";
import type { Begun, Older, Restored, Shelf } from "../../kept/shelf";
import { CatchUp, EVENTS_PAGE } from "../../log/catch-up";
import type { Excerpt } from "../../log/excerpt";
import { joins } from "../../log/keeping";
import * as logs from "../../log/log";
import { withNotes } from "../../log/notes";
import { type Conversation, fromListed, lastTime } from "./conversation";
import { eventOf } from "./event-of";
import { Recount } from "./recount";

/** The contract lets a subscriber name this many conversations, so no more are held. */
const CONVERSATIONS_MAX = 1_000;
const CONVERSATIONS_PAGE = 100;
/** So often the list is read for a conversation that it does not have; it may be one too many. */
const DISCOVER_MAX = 3;
/** Messages kept of a conversation that nobody looks at. */
const UNSEEN_MESSAGES_MAX = 50;
/** Messages read at once: the first of them soon, then as many as the contract allows. */
const FIRST_PAGE = 50;
const NEXT_PAGE = 100;
const BACKOFF_BASE_MS = 1_000;
const BACKOFF_CEILING_MS = 20_000;

/** The newest page of the server. */
const NEWEST: Older = { from: "server", token: "" };

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
  #isTakenUp = false;
  /** What was read before the page was drawn. */
  #begun: Begun | undefined;
  /** Heads of conversations that the list has not told us of yet, and how often it could have. */
  readonly #undiscovered = new Map<string, { readonly seq: bigint; readonly misses: number }>();
  readonly #refreshing = new Set<string>();
  readonly #recount: Recount;

  constructor(
    private readonly api: Pick<Api, "conversations" | "messages">,
    private readonly me: string,
    private readonly world: World,
    private readonly signal: AbortSignal,
    /** Where they are kept over a reload, if anywhere. */
    private readonly shelf?: Shelf,
  ) {
    this.#recount = new Recount(
      {
        api,
        reactions: (id, seq) => {
          const log = this.get(id)?.log;
          return (log && logs.messageAt(log, seq))?.reactions ?? [];
        },
        take: (message) => this.#change(message.conversationId, (log) => logs.takeReactions(log, message)),
      },
      signal,
    );
    this.#catchUp = new CatchUp(
      {
        list: (conversationId, afterSeq, signal) => api.messages.listEvents({ conversationId, afterSeq, pageSize: EVENTS_PAGE }, { signal }),
        log: (id) => this.get(id)?.log,
        take: (id, events, headSeq) => {
          this.#change(id, (log) => logs.applyPage(log, events, headSeq, me));
          this.#noteRevision(id, events.at(-1));
          for (const event of events) this.#recount.note(event);
        },
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

  /** Takes up what was kept when the page was left. Tells whether there was anything. */
  async takeUp(): Promise<boolean> {
    if (this.#isTakenUp) return true;
    const kept = await this.shelf?.restore();
    return kept !== undefined && this.takeUpFrom(kept);
  }

  /** The same from what was read already. */
  takeUpFrom(kept: Restored): boolean {
    if (kept.conversations.length === 0 || this.signal.aborted) return false;
    this.epoch ||= kept.epoch;
    this.#isTakenUp = true;
    this.#begun = kept.begun;
    const { byId } = this.store.getState();
    this.store.setState({ byId: new Map([...kept.conversations.map((conversation) => [conversation.id, conversation] as const), ...byId]) });
    return true;
  }

  /** Waits until it is known from where the stream goes on: what was kept is enough. */
  async resumable(): Promise<void> {
    if (!this.#isTakenUp) await this.loaded();
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
      // What is put away can come back at any moment, so it is known too.
      for (const archived of [false, true]) {
        do {
          const page = await this.api.conversations.listConversations({ pageSize: CONVERSATIONS_PAGE, pageToken, archived }, { signal: this.signal });
          this.#takeListed(page.conversations);
          for (const { conversationId } of page.conversations) listed.add(conversationId);
          pageToken = page.nextPageToken;
        } while (pageToken !== "" && this.store.getState().byId.size < CONVERSATIONS_MAX);
        if (pageToken !== "") break;
      }
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
    this.#isTakenUp = false;
    void this.shelf?.clear();
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
        return this.shelf?.noteEpoch(this.epoch);
      case "reset":
        return void this.reset(frame.value.epoch);
    }
  }

  /** Takes in one event, also of a conversation that is new. */
  takeEvent(event: Event): void {
    const { kind } = event;
    if (this.get(event.conversationId)) {
      this.#change(event.conversationId, (log) => logs.applyEvent(log, event, this.me));
      this.#noteRevision(event.conversationId, event);
      this.#recount.note(event);
    }
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

  /** Reads some history: what is kept first, then what the server has. Returns what comes before it, if there is anything. */
  async loadHistory(id: string, from: Older, signal: AbortSignal): Promise<Older | undefined> {
    const older = from.from === "shelf" ? await this.#loadKept(id) : from;
    if (older?.from !== "server") return older;
    const page = await this.#listMessages(id, older.token, signal);
    this.#change(id, (log) => logs.addHistory(log, page.messages, this.me, page.notes));
    const oldest = page.messages.at(-1);
    if (oldest) this.shelf?.notePage(id, oldest.seq, page.nextPageToken);
    return page.nextPageToken === "" ? undefined : { from: "server", token: page.nextPageToken };
  }

  /** Takes up what is kept before what is held. */
  async #loadKept(id: string): Promise<Older | undefined> {
    const log = this.get(id)?.log;
    const begun = this.#begun;
    this.#begun = undefined;
    if (begun?.id === id && log?.messages[0]?.seq === begun.firstSeq) return begun.older;
    const page = log && (await this.shelf?.page(id, log.messages[0]?.seq ?? log.upTo + 1n));
    if (!page) return NEWEST;
    if (page.messages.length === 0) return page.older;
    if (!joins(page.messages, log)) return NEWEST;
    this.#change(id, (now) => logs.addKept(now, page.messages, this.me));
    return page.older;
  }

  /** A page of the server. A token that was kept for long may not be good any more. */
  async #listMessages(conversationId: string, pageToken: string, signal: AbortSignal): Promise<ListMessagesResponse> {
    try {
      return await this.api.messages.listMessages({ conversationId, pageToken, pageSize: pageToken === "" ? FIRST_PAGE : NEXT_PAGE }, { signal });
    } catch (thrown) {
      if (pageToken === "" || problemOf(thrown).kind !== "invalid") throw thrown;
      return this.api.messages.listMessages({ conversationId, pageToken: "" }, { signal });
    }
  }

  /** Takes in an excerpt that has come up to what is held. */
  takeExcerpt(id: string, excerpt: Excerpt): void {
    this.#change(id, (log) => logs.addKept({ ...log, notes: withNotes(log.notes, excerpt.notes) }, excerpt.messages, this.me));
    const oldest = excerpt.messages[0];
    if (oldest) this.shelf?.notePage(id, oldest.seq, excerpt.olderToken);
  }

  /** Frees the memory of a conversation that nobody looks at any more. */
  leave(id: string): void {
    const conversation = this.get(id);
    if (conversation) this.shelf?.keepNow(conversation);
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
    this.takeAnswer(conversation);
    return conversation?.conversationId ?? "";
  }

  /** Takes over what an answer says of a conversation. */
  takeAnswer(listed: Listed | undefined): void {
    if (listed) this.#takeListed([listed]);
  }

  /** Asks anew for a group that has changed itself, or for one that comes back from where it was put away. */
  #noteRevision(id: string, event: Event | undefined): void {
    const known = this.get(id);
    if (!known || !event) return;
    const isChanged = known.kind === ConversationKind.GROUP && event.revision > known.revision;
    const isBack = known.isArchived && event.kind.case === "messageSent";
    if ((isChanged || isBack) && !this.#refreshing.has(id)) void this.#refresh(id);
  }

  async #refresh(id: string): Promise<void> {
    this.#refreshing.add(id);
    try {
      const { conversation } = await this.api.conversations.getConversation({ conversationId: id }, { signal: this.signal });
      this.takeAnswer(conversation);
    } catch (thrown) {
      // Otherwise the list is read anyway when the stream begins anew.
      if (problemOf(thrown).kind === "not-found") this.#lose(id);
    } finally {
      this.#refreshing.delete(id);
    }
  }

  #noteHead(id: string, seq: bigint): void {
    if (this.get(id)) return this.#change(id, (log) => logs.noteHead(log, seq));
    const { size } = this.#undiscovered;
    this.#undiscovered.set(id, { seq, misses: this.#undiscovered.get(id)?.misses ?? 0 });
    if (size === 0) void this.#discover();
  }

  /** Reads the list until it has the conversations that we have heard of. */
  async #discover(): Promise<void> {
    const backoff = new Backoff(BACKOFF_BASE_MS, BACKOFF_CEILING_MS, this.world.random);
    // A reading that is under way may have begun before they were there.
    await this.#loading;
    while (this.#undiscovered.size > 0 && !this.signal.aborted) {
      // What is heard of while it is read may be missing in it.
      const [sought, isRead] = [new Set(this.#undiscovered.keys()), await this.load()];
      for (const [id, { seq, misses: before }] of this.#undiscovered) {
        const misses = before + (isRead && sought.has(id) ? 1 : 0);
        if (!this.get(id) && misses < DISCOVER_MAX) this.#undiscovered.set(id, { seq, misses });
        else if (this.#undiscovered.delete(id)) {
          backoff.succeed();
          this.#change(id, (log) => logs.noteHead(log, seq));
        }
      }
      if (this.#undiscovered.size > 0) await pause(backoff.nextMs(), this.signal);
    }
  }

  #takeListed(listed: readonly Listed[]): void {
    const byId = new Map(this.store.getState().byId);
    for (const one of listed) byId.set(one.conversationId, fromListed(one, byId.get(one.conversationId)));
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
