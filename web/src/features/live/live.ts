// The live stream of this browser: one tab holds it and shares what it hears
// with the others.
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { createStore, type StoreApi } from "zustand/vanilla";
import { type Connection, runLiveStream } from "../../api/live-stream";
import type { Api } from "../../api/transport";
import type { World } from "../../api/world";
import { type SubscribeResponse, SubscribeResponseSchema } from "../../gen/confab/message/v1/live_service_pb";
import type { Conversations } from "../conversations/conversations";
import { lead, type Locks } from "./leader";
import type { TabChannel, TabNotice } from "./tabs";

/** What the stream needs from the rest of the client. */
export interface LiveOptions {
  readonly api: Pick<Api, "live">;
  readonly conversations: Conversations;
  readonly onUnauthenticated: () => Promise<void>;
  readonly locks: Locks | undefined;
  /** The name of the lock: tabs with the same name share a stream. */
  readonly name: string;
  readonly tabs: TabChannel;
  readonly world: World;
  /** Takes in what is lost when nobody listens: who writes, who is there, who has read. */
  readonly onFrame?: (frame: SubscribeResponse["frame"]) => void;
  /** This tab has the stream with that name. */
  readonly onStream?: (streamId: string) => void;
  /** What to tell a tab that is new, beside how far the conversations are. */
  readonly snapshot?: () => SubscribeResponse;
}

/** Keeps the conversations up to date. */
export class Live {
  /** How it stands with the stream, whichever tab holds it. */
  readonly connection: StoreApi<Connection> = createStore<Connection>(() => "connecting");
  #leads = false;

  constructor(
    private readonly options: LiveOptions,
    private readonly signal: AbortSignal,
  ) {}

  /** Runs until the signal is aborted. */
  async run(): Promise<void> {
    const { conversations, locks, name, tabs } = this.options;
    // Listen first, read the list then: what happens in between is heard.
    tabs.onmessage = ({ data }: MessageEvent<TabNotice>) => this.#hear(data);
    const unsubscribe = conversations.store.subscribe(({ status }) => status === "failed" && this.#noteFailedList());
    const isKept = await conversations.takeUp();
    const loaded = conversations.loaded().then(unsubscribe);
    // From what was kept the stream can go on at once; the list comes beside it.
    if (!isKept) await loaded;
    this.hello();
    await lead(locks, name, (signal) => this.#lead(signal), this.signal);
  }

  /** Whether this tab has the stream. */
  get leads(): boolean {
    return this.#leads;
  }

  /** Asks what was missed; for a tab that is new or was asleep. */
  hello(): void {
    if (!this.#leads) this.#tell({ kind: "hello" });
  }

  /** Tells the other tabs how far the person has read. */
  tellRead(conversationId: string, seq: bigint): void {
    this.#tell({ kind: "read", conversationId, seq });
  }

  async #lead(signal: AbortSignal): Promise<void> {
    const { api, conversations, onUnauthenticated, world } = this.options;
    this.#leads = true;
    await runLiveStream(
      {
        api,
        onUnauthenticated,
        world,
        known: async () => {
          await conversations.resumable();
          return { epoch: conversations.epoch, knownHeads: conversations.knownHeads() };
        },
        onFrame: (frame) => this.#share(frame),
        onConnection: (connection) => this.#report(connection),
      },
      signal,
    );
  }

  /** A list that cannot be read while there is a stream is read again, and nobody is offline by it. */
  #noteFailedList(): void {
    if (this.connection.getState() !== "online") this.connection.setState("offline", true);
  }

  #share(response: SubscribeResponse): void {
    const { case: kind } = response.frame;
    this.#take(response);
    if (kind !== "heartbeat") this.shareFrame(response);
    if (response.frame.case === "ready") this.options.onStream?.(response.frame.value.streamId);
    // A stream that begins does so from what this tab knows; the others may know less.
    if (kind === "ready") this.#tellHeads();
  }

  /** Tells the other tabs what they have no stream to hear from. */
  shareFrame(response: SubscribeResponse): void {
    this.#tell({ kind: "frame", bytes: toBinary(SubscribeResponseSchema, response) });
  }

  #take(response: SubscribeResponse): void {
    this.options.conversations.take(response);
    this.options.onFrame?.(response.frame);
  }

  #report(connection: Connection): void {
    const before = this.connection.getState();
    if (before === connection) return;
    this.connection.setState(connection, true);
    this.#tell({ kind: "connection", connection });
  }

  #hear(notice: TabNotice): void {
    const { conversations } = this.options;
    switch (notice.kind) {
      case "frame":
        return this.#take(fromBinary(SubscribeResponseSchema, notice.bytes));
      case "connection":
        return this.connection.setState(notice.connection, true);
      case "hello":
        if (!this.#leads) return;
        this.#tell({ kind: "connection", connection: this.connection.getState() });
        if (this.options.snapshot) this.shareFrame(this.options.snapshot());
        return this.#tellHeads();
      case "heads":
        conversations.epoch ||= notice.epoch;
        return conversations.takeHeads(notice.heads);
      case "read":
        return conversations.takeRead(notice.conversationId, notice.seq);
    }
  }

  #tellHeads(): void {
    const { conversations } = this.options;
    const heads = new Map(conversations.knownHeads().map(({ conversationId, seq }) => [conversationId, seq]));
    this.#tell({ kind: "heads", epoch: conversations.epoch, heads });
  }

  #tell(notice: TabNotice): void {
    // A closed channel throws; then nobody listens any more.
    if (!this.signal.aborted) this.options.tabs.postMessage(notice);
  }
}
