// Files that are not sent yet, of messages and beside fields, kept so that they outlive their tab.
// A database of its own: what was only kept of the server may be thrown away.
import { Dexie, type Table } from "dexie";

/** Who has not come back by then does not mean to send it any more. */
const KEPT_MS = 7 * 86_400_000;
/** Another form of the database is another number. */
const VERSION = 1;

/** A file, and how far it has come. */
export interface KeptFile {
  readonly id: string;
  readonly name: string;
  readonly blob: Blob;
  /** The upload on the server; empty if none has begun. */
  readonly mediaId: string;
  /** When it was kept, in milliseconds since 1970. */
  readonly time: number;
  /** Where it stands, if it belongs to no message yet. */
  readonly beside?: Beside;
}

/** A file beside the field of a conversation. */
export interface Beside {
  readonly conversationId: string;
  /** The tab in which it was chosen. */
  readonly tab: string;
  /** Where it stands among the others. */
  readonly place: number;
}

/** What is kept of one person. Every method throws what the browser throws. */
export class KeptFiles {
  readonly #db: Dexie;
  readonly #files: Table<KeptFile, string>;

  private constructor(name: string) {
    this.#db = new Dexie(name, { autoOpen: false });
    this.#db.version(VERSION).stores({ files: "id,time" });
    this.#files = this.#db.table("files");
  }

  /** Opens the database, made if there is none, and forgets what has been there for too long. */
  static async open(name: string, now: number): Promise<KeptFiles> {
    const files = new KeptFiles(name);
    await files.#db.open();
    // Deleted in another tab, which has left.
    files.#db.on("versionchange", () => files.#db.close());
    await files.#files.where("time").below(now - KEPT_MS).delete();
    return files;
  }

  async put(file: KeptFile): Promise<void> {
    await this.#files.put(file);
  }

  get(id: string): Promise<KeptFile | undefined> {
    return this.#files.get(id);
  }

  /** The files that a tab keeps beside its fields, in their order. */
  async leftBy(tab: string): Promise<readonly KeptFile[]> {
    const left = await this.#files.filter(({ beside }) => beside?.tab === tab).toArray();
    return left.sort((a, b) => (a.beside?.place ?? 0) - (b.beside?.place ?? 0));
  }

  async drop(id: string): Promise<void> {
    await this.#files.delete(id);
  }
}
