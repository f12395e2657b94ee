// The database in the browser: what is kept of one person's conversations.
// Fetched after the page has begun; beside files.ts nothing else speaks IndexedDB.
import { Dexie, type Table } from "dexie";
import { changed, type LogMessage } from "../log/log";
import { fromKept, type KeptHead, type Keeping, keepingOf, takeUp, takeUpWith } from "../log/keeping";
import type { Conversation } from "../features/conversations/conversation";
import type { KeptPage, KeptPerson, Older, Restored, Saving } from "./shelf";

/** Messages kept of one conversation; the oldest go first. */
export const KEPT_MESSAGES_MAX = 100_000;
/** Messages kept in all; those of the conversation in which nothing was said for the longest go first. */
export const KEPT_IN_ALL_MAX = 200_000;
/** Messages left of a conversation that gives way to others. */
const LEFT_MESSAGES = 50;
/** People whose names are kept. */
const PEOPLE_MAX = 5_000;
/** Messages read at once. */
const PAGE_MESSAGES = 200;
/** Messages read before the page is drawn: more than fit on a screen. */
const FIRST_MESSAGES = 50;
/** Another form of the database is another number. */
const VERSION = 1;

interface ConversationRow extends Omit<Conversation, "log"> {
  readonly head: KeptHead;
}

/** Numbers of messages are numbers here, because a bigint cannot be a key; they are exact up to 2^53. */
interface MessageRow {
  readonly conversationId: string;
  readonly seq: number;
  readonly message: LogMessage;
}

/** How to ask the server for what comes before a message. */
interface PageRow {
  readonly conversationId: string;
  readonly seq: number;
  readonly token: string;
}

/** What is kept of one person. Every method throws what the browser throws. */
export class KeptDatabase {
  readonly #db: Dexie;
  readonly #conversations: Table<ConversationRow, string>;
  readonly #messages: Table<MessageRow, [string, number]>;
  readonly #pages: Table<PageRow, [string, number]>;
  readonly #people: Table<KeptPerson, string>;
  readonly #facts: Table<{ readonly key: "epoch"; readonly value: string }, string>;

  private constructor(name: string) {
    this.#db = new Dexie(name, { autoOpen: false });
    this.#db.version(VERSION).stores({ conversations: "id", messages: "[conversationId+seq]", pages: "[conversationId+seq]", people: "userId", facts: "key" });
    this.#conversations = this.#db.table("conversations");
    this.#messages = this.#db.table("messages");
    this.#pages = this.#db.table("pages");
    this.#people = this.#db.table("people");
    this.#facts = this.#db.table("facts");
  }

  /** Opens the database, made if there is none. Throws if the browser keeps nothing. */
  static async open(name: string): Promise<KeptDatabase> {
    const database = new KeptDatabase(name);
    await database.#db.open();
    return database;
  }

  /** Calls back when the browser has closed it, as when it is deleted in another tab. */
  onClosed(closed: () => void): void {
    this.#db.on("close", closed);
    this.#db.on("versionchange", () => {
      this.close();
      closed();
    });
  }

  close(): void {
    this.#db.close();
  }

  /** Everything that is needed to show a list; and the end of one conversation, if that is wanted. */
  async restore(first?: string): Promise<Restored> {
    const [rows, people, epoch, newest] = await Promise.all([this.#conversations.toArray(), this.#people.toArray(), this.#facts.get("epoch"), first === undefined ? [] : this.#before(first, Infinity, FIRST_MESSAGES)]);
    const messages = newest.map(({ message }) => fromKept(message));
    const conversations = rows.map(({ head, ...facts }) => ({ ...facts, pictureId: facts.pictureId ?? "", log: facts.id === first ? takeUpWith(head, messages) : takeUp(head) }));
    const { log } = conversations.find(({ id }) => id === first) ?? {};
    // Another tab may have kept more between the two.
    const isBegun = log !== undefined && log.messages.length > 1;
    return { epoch: epoch?.value ?? "", conversations, people, ...(isBegun && { begun: { id: first as string, firstSeq: (log.messages[0] as LogMessage).seq, older: { from: "shelf" } } }) };
  }

  /** Keeps what a conversation has become. Tells whether it did: another tab may have been further. */
  save({ conversation, saved, reader }: Saving): Promise<boolean> {
    return this.#db.transaction("rw", this.#conversations, this.#messages, this.#pages, async () => {
      const { log, ...facts } = conversation;
      const { id } = facts;
      const keeping = keepingOf(log, saved, (await this.#conversations.get(id))?.head);
      if (!keeping) return false;
      await this.#dropBelow(id, keeping.dropBelow);
      await this.#amend(id, keeping.amend, reader);
      await this.#messages.bulkPut(keeping.put.map((message) => ({ conversationId: id, seq: Number(message.seq), message })));
      await this.#conversations.put({ ...facts, head: keeping.head });
      return true;
    });
  }

  async #amend(id: string, amend: Keeping["amend"], reader: string): Promise<void> {
    const rows = await this.#messages.bulkGet([...amend.keys()].map((seq): [string, number] => [id, Number(seq)]));
    const amended = rows.flatMap((row) => {
      const change = row && amend.get(row.message.seq);
      return change ? { ...row, message: changed(fromKept(row.message), change, reader) } : [];
    });
    await this.#messages.bulkPut(amended);
  }

  /** The messages just before one, the oldest first. */
  async page(id: string, before: bigint): Promise<KeptPage> {
    const rows = await this.#before(id, Number(before), PAGE_MESSAGES);
    return { messages: rows.map(({ message }) => fromKept(message)), older: rows.length > 0 ? { from: "shelf" } : await this.#olderThan(id, before) };
  }

  async #before(id: string, before: number, count: number): Promise<MessageRow[]> {
    const rows = await this.#messages.where("[conversationId+seq]").between([id, 0], [id, before]).reverse().limit(count).toArray();
    return rows.reverse();
  }

  /** The page of the server that leads furthest back without leaving anything out. */
  async #olderThan(id: string, before: bigint): Promise<Older | undefined> {
    const row = await this.#pages.where("[conversationId+seq]").between([id, Number(before)], [id, Infinity]).first();
    if (!row) return { from: "server", token: "" };
    return row.token === "" && row.seq === Number(before) ? undefined : { from: "server", token: row.token };
  }

  /** Keeps how the server is asked for what comes before a message; an empty token says that it is the first. */
  async savePage(id: string, seq: bigint, token: string): Promise<void> {
    await this.#pages.put({ conversationId: id, seq: Number(seq), token });
  }

  async saveEpoch(value: string): Promise<void> {
    await this.#facts.put({ key: "epoch", value });
  }

  async savePeople(people: readonly KeptPerson[]): Promise<void> {
    await this.#people.bulkPut(people.slice(-PEOPLE_MAX));
    const tooMany = (await this.#people.count()) - PEOPLE_MAX;
    if (tooMany > 0) await this.#people.bulkDelete(await this.#people.limit(tooMany).primaryKeys());
  }

  /** Forgets conversations. */
  async drop(ids: readonly string[]): Promise<void> {
    await this.#db.transaction("rw", this.#conversations, this.#messages, this.#pages, async () => {
      for (const id of ids) await this.#dropBelow(id, 2n ** 53n);
      await this.#conversations.bulkDelete([...ids]);
    });
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    await this.#db.transaction("rw", this.#db.tables, () => Promise.all(this.#db.tables.map((table) => table.clear())));
  }

  /** Sees to it that no more is kept than `inAll` messages, nor of a conversation more than `ofEach`. */
  async trim(inAll = KEPT_IN_ALL_MAX, ofEach = KEPT_MESSAGES_MAX): Promise<void> {
    let left = await this.#messages.count();
    if (left <= Math.min(inAll, ofEach)) return;
    const rows = await this.#conversations.toArray();
    for (const { id } of rows.sort((a, b) => (a.head.last?.createTime ?? 0) - (b.head.last?.createTime ?? 0))) {
      const count = await this.#messages.where("[conversationId+seq]").between([id, 0], [id, Infinity]).count();
      const target = Math.min(ofEach, left > inAll ? Math.max(LEFT_MESSAGES, count - (left - inAll)) : count);
      if (count <= target) continue;
      await this.#keepNewest(id, target);
      left -= count - target;
    }
  }

  async #keepNewest(id: string, count: number): Promise<void> {
    await this.#db.transaction("rw", this.#conversations, this.#messages, this.#pages, async () => {
      const [oldest] = await this.#messages.where("[conversationId+seq]").between([id, 0], [id, Infinity]).reverse().offset(count - 1).limit(1).primaryKeys();
      if (oldest) await this.#dropBelow(id, BigInt(oldest[1]));
      const row = await this.#conversations.get(id);
      if (row && oldest) await this.#conversations.put({ ...row, head: { ...row.head, oldestSeq: BigInt(oldest[1]) } });
    });
  }

  async #dropBelow(id: string, seq: bigint): Promise<void> {
    if (seq <= 0n) return;
    for (const table of [this.#messages, this.#pages]) await table.where("[conversationId+seq]").between([id, 0], [id, Number(seq)]).delete();
  }
}
