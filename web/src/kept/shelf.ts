// Where the conversations of a person are kept in the browser, so that a
// reload shows them at once. A copy only: what cannot be kept is fetched again.
import { createStore, type StoreApi } from "zustand/vanilla";
import { pause } from "../api/backoff";
import type { Conversation } from "../features/conversations/conversation";
import type { Log, LogMessage } from "../log/log";
import type { KeptDatabase } from "./database";

/** What happens within this time is kept at once. */
const TOGETHER_MS = 300;
/**
 * A browser that has not opened the database by then shall not keep people waiting. Nothing is kept by a page
 * that has given up, and without a server it shows nothing: a device that is only busy needs its time.
 */
const OPEN_MAX_MS = 10_000;
/** So many savings, and it is looked whether too much is kept. */
const SAVES_PER_TRIM = 200;

/** Whether anything is kept: not if the browser refuses, and not while its storage is full. */
export type ShelfState = "opening" | "kept" | "refused" | "full";

/** What is kept of somebody. */
export interface KeptPerson {
  readonly userId: string;
  readonly name: string;
  /** Absent from what earlier versions of the page have kept. */
  readonly pictureId?: string;
}

/** What was kept when the page was left. */
export interface Restored {
  readonly epoch: string;
  readonly conversations: readonly Conversation[];
  readonly people: readonly KeptPerson[];
  /** The conversation of which the end is there already, and what comes before that. */
  readonly begun?: Begun | undefined;
}

/** A conversation whose kept messages were begun to be read. */
export interface Begun {
  readonly id: string;
  /** The first message that was read. */
  readonly firstSeq: bigint;
  readonly older: Older | undefined;
}

/** Where the history goes on, towards its beginning. */
export type Older = { readonly from: "shelf" } | { readonly from: "server"; readonly token: string };

/** Some kept messages, the oldest first, and what comes before them: nothing, if they are the first. */
export interface KeptPage {
  readonly messages: readonly LogMessage[];
  readonly older: Older | undefined;
}

/** A conversation to keep, and what this tab kept of it last. */
export interface Saving {
  readonly conversation: Conversation;
  readonly saved: Log | undefined;
  /** Who is looking. */
  readonly reader: string;
}

const NOTHING: Restored = { epoch: "", conversations: [], people: [] };
const NO_PAGE: KeptPage = { messages: [], older: { from: "server", token: "" } };

/** What keeping needs from the rest of the client. */
export interface ShelfOptions {
  /** Opens the database; throws if there is to be none. */
  readonly open: () => Promise<KeptDatabase>;
  /** What was read of it already, if anything was. */
  readonly restored?: Restored | undefined;
  readonly me: string;
  /** Where "pagehide" happens when somebody leaves. */
  readonly events: EventTarget;
}

/** Keeps conversations. Never throws: without a database it keeps nothing, and says so. */
export class Shelf {
  readonly store: StoreApi<ShelfState> = createStore<ShelfState>(() => "opening");
  readonly #database: Promise<KeptDatabase | undefined>;
  /** Conversations to be kept, as they are now. */
  readonly #waiting = new Map<string, Conversation>();
  readonly #saved = new Map<string, Conversation>();
  #restored: Promise<Restored> | undefined;
  /** One thing after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #pausing: Promise<void> | undefined;
  #saves = 0;

  constructor(
    private readonly options: ShelfOptions,
    private readonly signal: AbortSignal,
  ) {
    this.#database = this.#open();
    if (options.restored) this.#restored = Promise.resolve(this.#noteRestored(options.restored));
    signal.addEventListener("abort", () => void this.#database.then((database) => database?.close()));
  }

  /** What was kept; nothing, if it cannot be read. */
  restore(): Promise<Restored> {
    this.#restored ??= this.#do(async (database) => this.#noteRestored(await database.restore()), NOTHING);
    return this.#restored;
  }

  /** What was kept, if that was read before the page was drawn. */
  get early(): Restored | undefined {
    return this.options.restored;
  }

  #noteRestored(restored: Restored): Restored {
    for (const conversation of restored.conversations) this.#saved.set(conversation.id, conversation);
    return restored;
  }

  /** Keeps what has changed between the two, soon. */
  note(now: ReadonlyMap<string, Conversation>, before: ReadonlyMap<string, Conversation>): void {
    for (const [id, conversation] of now) if (before.get(id) !== conversation && this.#saved.get(id) !== conversation) this.#waiting.set(id, conversation);
    const gone = [...before.keys()].filter((id) => !now.has(id));
    if (gone.length > 0) void this.#drop(gone);
    if (this.#waiting.size > 0) this.#pausing ??= this.#saveSoon();
  }

  /** Keeps a conversation as it is now, before more of it is let go than is kept. */
  keepNow(conversation: Conversation): void {
    this.#waiting.delete(conversation.id);
    void this.#do((database) => this.#save(database, conversation), undefined);
  }

  /** The kept messages before one. What another tab kept before this one began may be older than what this one knows. */
  page(id: string, before: bigint): Promise<KeptPage> {
    return this.#do(async (database) => (this.#saved.has(id) ? database.page(id, before) : NO_PAGE), NO_PAGE);
  }

  /** Keeps how the server is asked for what comes before a message; an empty token says that it is the first. */
  notePage(id: string, seq: bigint, token: string): void {
    void this.#do((database) => database.savePage(id, seq, token), undefined);
  }

  noteEpoch(epoch: string): void {
    void this.#do((database) => database.saveEpoch(epoch), undefined);
  }

  notePeople(people: readonly KeptPerson[]): void {
    if (people.length > 0) void this.#do((database) => database.savePeople(people), undefined);
  }

  /** Forgets everything: the history is another one. */
  async clear(): Promise<void> {
    this.#waiting.clear();
    this.#saved.clear();
    await this.#do((database) => database.clear(), undefined);
  }

  /** Resolves when everything that was noted until now is kept, or cannot be. */
  async kept(): Promise<void> {
    await this.#pausing;
    await this.#turn;
  }

  /** Resolves when everything that was begun is done. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  async #drop(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      this.#waiting.delete(id);
      this.#saved.delete(id);
    }
    await this.#do((database) => database.drop(ids), undefined);
  }

  async #saveSoon(): Promise<void> {
    // Whoever leaves the page does not wait.
    await pause(TOGETHER_MS, this.signal, this.options.events, "pagehide");
    this.#pausing = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const conversation of waiting) void this.#do((database) => this.#save(database, conversation), undefined);
  }

  async #save(database: KeptDatabase, conversation: Conversation): Promise<void> {
    const { id } = conversation;
    try {
      const isSaved = await database.save({ conversation, saved: this.#saved.get(id)?.log, reader: this.options.me });
      if (isSaved) this.#saved.set(id, conversation);
    } catch (thrown) {
      // What became of messages meanwhile may be lost: the next time it is kept as if it were new.
      this.#saved.delete(id);
      throw thrown;
    }
    this.#saves += 1;
    if (this.#saves % SAVES_PER_TRIM === 1) await database.trim();
  }

  async #open(): Promise<KeptDatabase | undefined> {
    try {
      const late = pause(OPEN_MAX_MS, this.signal).then(() => Promise.reject(new Error("the database does not open")));
      const database = await Promise.race([this.options.open(), late]);
      database.onClosed(() => this.store.setState("refused", true));
      this.store.setState("kept", true);
      return database;
    } catch {
      this.store.setState("refused", true);
      return undefined;
    }
  }

  /** Does something with the database when it is its turn; `otherwise` is the answer if it cannot be done. */
  #do<Answer>(work: (database: KeptDatabase) => Promise<Answer>, otherwise: Answer): Promise<Answer> {
    const done = this.#turn.then(async () => {
      const database = await this.#database;
      if (!database || this.signal.aborted || this.store.getState() === "refused") return otherwise;
      try {
        const answer = await work(database);
        this.store.setState("kept", true);
        return answer;
      } catch (thrown) {
        this.store.setState(isFull(thrown) ? "full" : "refused", true);
        return otherwise;
      }
    });
    this.#turn = done;
    return done;
  }
}

/** Whether the browser gives no more room. */
function isFull(thrown: unknown): boolean {
  const names = [thrown, (thrown as { inner?: unknown } | undefined)?.inner].map((error) => (error as Error | undefined)?.name);
  return names.includes("QuotaExceededError");
}
