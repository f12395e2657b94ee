// Messages on their way to the server: each is sent once, in order, however
// often it has to be tried.
import { createStore, type StoreApi } from "zustand/vanilla";
import { Backoff, pause } from "../../api/backoff";
import { isPassing, type Problem, problemOf } from "../../api/problem";
import type { Api } from "../../api/transport";
import type { World } from "../../api/world";
import type { Message } from "../../gen/confab/message/v1/message_pb";
import type { Durability } from "../../gen/confab/message/v1/message_service_pb";
import type { Log } from "../../log/log";
import { say } from "../../words/say";
import type { Upload, Uploads } from "../attachments/uploads";
import type { Unsent } from "./unsent";
import { newUuid } from "./uuid";

/** After so many tries a person decides whether to go on. */
export const TRIES_MAX = 8;
const BACKOFF_BASE_MS = 400;
const BACKOFF_CEILING_MS = 15_000;
/** Messages on their way in all conversations together. */
export const OUTGOING_MAX = 200;

/** For so many messages it is remembered how safely they are stored. */
const DURABILITIES_MAX = 500;

/** A message that is not in the log yet. */
export interface Outgoing {
  /** Makes a retry safe: the server stores one message for each. */
  readonly clientId: string;
  readonly conversationId: string;
  readonly text: string;
  /** The message that it answers; 0 if it answers none. */
  readonly replyToSeq: bigint;
  /** Who is meant. */
  readonly mentionIds: readonly string[];
  /** The files that go with it, by our own ids. */
  readonly fileIds: readonly string[];
  /** When it was written, in milliseconds since 1970. */
  readonly createTime: number;
  readonly status: "waiting" | "failed" | "sent";
  /** Why it failed. */
  readonly problem?: Problem;
  /** Its place in the log, once sent. */
  readonly seq?: bigint;
}

/** What a message says beside its text. */
export type Beside = Partial<Pick<Outgoing, "replyToSeq" | "mentionIds" | "fileIds">>;

/** What the outbox needs from the rest of the client. */
export interface OutboxOptions {
  readonly api: Pick<Api, "messages">;
  readonly onSent: (message: Message) => void;
  readonly onUnauthenticated: () => Promise<void>;
  /** Where messages are kept until they are sent. */
  readonly unsent: Unsent;
  /** Resolves when the logs are kept as they are now, or cannot be. */
  readonly whenKept: () => Promise<void>;
  /** Where the files of messages are sent. */
  readonly uploads: Pick<Uploads, "store" | "recall" | "take" | "remove" | "retry" | "settle">;
  readonly world: World;
}

/** Sends messages. */
export class Outbox {
  readonly store: StoreApi<readonly Outgoing[]> = createStore<readonly Outgoing[]>(() => []);
  readonly #running = new Set<string>();
  readonly #durabilities = new Map<string, Durability>();
  /** Messages that could not be kept: they are lost with the tab. */
  readonly #unkept = new Set<string>();
  /** Messages whose files are not kept, or not yet. */
  readonly #unkeptFiles = new Set<string>();

  constructor(
    private readonly options: OutboxOptions,
    private readonly signal: AbortSignal,
  ) {
    this.store.subscribe((now, before) => this.#save(now, before));
    options.uploads.store.subscribe((files) => this.#noteFiles(files));
    options.unsent.follow((left) => this.#adopt(left));
  }

  /** Takes a message; returns false if too many are on their way. */
  send(conversationId: string, text: string, { replyToSeq = 0n, mentionIds = [], fileIds = [] }: Beside = {}): boolean {
    const all = this.store.getState();
    if (all.length >= OUTGOING_MAX) return false;
    const message: Outgoing = { clientId: newUuid(), conversationId, text, replyToSeq, mentionIds, fileIds, createTime: this.options.world.now(), status: "waiting" };
    this.store.setState([...all, message], true);
    if (fileIds.length > 0) void this.#keepFiles(message);
    void this.#run(conversationId);
    return true;
  }

  /** Tries a failed message again, under the same id. */
  retry(clientId: string): void {
    const message = this.#change(clientId, { status: "waiting", problem: undefined });
    if (!message) return;
    for (const id of message.fileIds) this.options.uploads.retry(id);
    void this.#run(message.conversationId);
  }

  /** Tries again what only failed because the server could not be reached: it can be again. */
  resume(): void {
    for (const { clientId, status, problem } of this.store.getState()) {
      if (status === "failed" && problem?.kind === "unreachable") this.retry(clientId);
    }
  }

  /** Gives a message up, and lets those behind it go on. */
  discard(clientId: string): void {
    const message = this.#find(clientId);
    this.#remove(clientId);
    const { uploads } = this.options;
    // Those that were given back stand beside the field.
    for (const id of message?.fileIds ?? []) if (uploads.store.getState().get(id)?.isTaken) uploads.remove(id);
    if (message) void this.#run(message.conversationId);
  }

  /** Drops messages whose place in the log is known, and that it now shows: they are stored, also while the answer is late or lost. */
  prune(placeInLog: (message: Outgoing) => bigint | undefined): void {
    const shown: Outgoing[] = [];
    for (const message of this.store.getState()) {
      const seq = placeInLog(message);
      if (seq === undefined) continue;
      shown.push(message);
      this.options.unsent.settle({ ...message, seq });
    }
    if (shown.length === 0) return;
    this.options.uploads.settle(shown.flatMap(({ fileIds }) => fileIds));
    this.store.setState(
      this.store.getState().filter((message) => !shown.includes(message)),
      true,
    );
    // One that failed held up those behind it.
    for (const { conversationId } of shown) void this.#run(conversationId);
  }

  /** How safely a message is stored that was sent from here since the page was opened. */
  durabilityOf(clientId: string): Durability | undefined {
    return this.#durabilities.get(clientId);
  }

  #noteDurability(clientId: string, durability: Durability): void {
    this.#durabilities.set(clientId, durability);
    const [oldest] = this.#durabilities.keys();
    if (this.#durabilities.size > DURABILITIES_MAX && oldest !== undefined) this.#durabilities.delete(oldest);
  }

  /** Whether anything is still to be sent, also from other tabs. */
  get hasUnsent(): boolean {
    return this.#unkept.size > 0 || this.#unkeptFiles.size > 0 || !this.options.unsent.isEmpty;
  }

  /** Whether anything would be lost if the tab were closed. */
  get hasUnkept(): boolean {
    return this.#unkept.size > 0 || this.#unkeptFiles.size > 0;
  }

  /** Sends what waits in one conversation, one after the other. */
  async #run(conversationId: string): Promise<void> {
    if (this.#running.has(conversationId)) return;
    this.#running.add(conversationId);
    for (let next = this.#first(conversationId); next; next = this.#first(conversationId)) {
      await this.#sendOne(next);
    }
    this.#running.delete(conversationId);
  }

  /**
   * The message whose turn it is. One that could not be sent holds up those behind it; one that was refused,
   * or that waits for its files, does not.
   */
  #first(conversationId: string): Outgoing | undefined {
    if (this.signal.aborted) return undefined;
    const open = this.store.getState().filter((message) => message.conversationId === conversationId && message.status !== "sent");
    const first = open.find((message) => (!message.problem || isPassing(message.problem)) && this.#hasFiles(message));
    return first?.status === "waiting" ? first : undefined;
  }

  /** Whether all that goes with a message is on the server. */
  #hasFiles({ fileIds }: Outgoing): boolean {
    const files = this.options.uploads.store.getState();
    return fileIds.every((id) => files.get(id)?.status === "done");
  }

  /** Files have come further, or failed. */
  #noteFiles(files: ReadonlyMap<string, Upload>): void {
    for (const message of this.store.getState()) {
      const { fileIds, status, clientId, conversationId } = message;
      if (fileIds.length === 0 || status !== "waiting") continue;
      const problem = fileIds.map((id) => files.get(id)?.problem).find((one) => one !== undefined);
      if (problem) this.#change(clientId, { status: "failed", problem });
      else if (this.#hasFiles(message)) void this.#run(conversationId);
    }
  }

  async #keepFiles({ clientId, fileIds }: Outgoing): Promise<void> {
    this.#unkeptFiles.add(clientId);
    const areKept = await this.options.uploads.take(fileIds);
    // It may be sent by now.
    if (areKept || !this.#find(clientId)) this.#unkeptFiles.delete(clientId);
  }

  /** Takes up the files of a message that a closed tab has left. */
  async #recallFiles({ clientId, conversationId, fileIds }: Outgoing): Promise<void> {
    if (await this.options.uploads.recall(fileIds, conversationId)) return;
    const problem: Problem = { kind: "invalid", reason: "", text: say("files.lost"), fields: new Map(), retryAfterMs: undefined, methods: [], requestId: undefined };
    if (!this.signal.aborted) this.#change(clientId, { status: "failed", problem });
  }

  async #sendOne({ clientId, conversationId, text, replyToSeq, mentionIds, fileIds }: Outgoing): Promise<void> {
    const { api, onSent, onUnauthenticated, uploads, world } = this.options;
    const files = uploads.store.getState();
    const attachmentIds = fileIds.map((id) => files.get(id)?.mediaId ?? "");
    const backoff = new Backoff(BACKOFF_BASE_MS, BACKOFF_CEILING_MS, world.random);
    while (this.#find(clientId)) {
      // Without a net a try is not worth counting.
      if (!world.isOnline()) await pause(BACKOFF_CEILING_MS, this.signal, world.events, "online");
      if (this.signal.aborted) return;
      try {
        const request = { target: { case: "conversationId", value: conversationId } as const, text, clientId, replyToSeq, mentionIds: [...mentionIds], attachmentIds };
        const { message, durability } = await api.messages.sendMessage(request, { signal: this.signal });
        this.#noteDurability(clientId, durability);
        this.#change(clientId, { status: "sent", seq: message?.seq ?? 0n });
        if (message) onSent(message);
        return;
      } catch (thrown) {
        const problem = problemOf(thrown);
        if (this.signal.aborted) return;
        if (problem.kind === "unauthenticated") await onUnauthenticated();
        const retried = isPassing(problem) || problem.kind === "unauthenticated";
        const delay = Math.max(backoff.nextMs(), problem.retryAfterMs ?? 0);
        if (!retried || (backoff.tries >= TRIES_MAX && world.isOnline())) {
          this.#change(clientId, { status: "failed", problem });
          return;
        }
        await pause(delay, this.signal, world.events, "online");
      }
    }
  }

  #find(clientId: string): Outgoing | undefined {
    return this.store.getState().find((message) => message.clientId === clientId);
  }

  #change(clientId: string, change: Partial<Outgoing>): Outgoing | undefined {
    this.store.setState(
      this.store.getState().map((message) => (message.clientId === clientId ? { ...message, ...change } : message)),
      true,
    );
    return this.#find(clientId);
  }

  #remove(clientId: string): void {
    this.store.setState(
      this.store.getState().filter((message) => message.clientId !== clientId),
      true,
    );
  }

  /** What a tab that is closed must not lose. */
  #save(now: readonly Outgoing[], before: readonly Outgoing[]): void {
    const { unsent } = this.options;
    for (const message of now) {
      if (before.includes(message)) continue;
      if (message.status === "sent") unsent.settle(message);
      else if (unsent.keep(message)) this.#unkept.delete(message.clientId);
      else this.#unkept.add(message.clientId);
    }
    for (const { clientId } of before) {
      const after = now.find((message) => message.clientId === clientId);
      if (after && after.status !== "sent") continue;
      this.#unkept.delete(clientId);
      this.#unkeptFiles.delete(clientId);
      if (!after) void this.#drop(clientId);
    }
  }

  /** What is stored stays until the log is kept that has it: a page that is opened again without a server shows it. */
  async #drop(clientId: string): Promise<void> {
    const { unsent, whenKept } = this.options;
    if (unsent.isSettled(clientId)) await whenKept();
    unsent.drop(clientId);
  }

  /** Takes over what a tab that is closed has left. */
  #adopt(left: readonly Outgoing[]): void {
    const all = this.store.getState();
    const adopted = left.filter(({ clientId }) => !this.#find(clientId)).slice(0, OUTGOING_MAX - all.length);
    if (adopted.length === 0 || this.signal.aborted) return;
    this.store.setState([...adopted, ...all], true);
    for (const message of adopted) {
      if (message.status === "sent") continue;
      if (message.fileIds.length > 0) void this.#recallFiles(message);
      void this.#run(message.conversationId);
    }
  }
}

/** Where the log of a conversation shows a message of `me`, if it does: known by its place once we were told of it, until then by its id. */
export function placeInLog({ clientId, seq }: Outgoing, log: Log, me: string): bigint | undefined {
  if (seq !== undefined) return log.upTo >= seq ? seq : undefined;
  return log.messages.findLast((message) => message.clientId === clientId && message.senderId === me)?.seq;
}
