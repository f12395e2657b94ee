// Files on their way to the server: begun when they are chosen, gone on with
// after whatever cut them off, and given up when they are taken out again.
import { createStore, type StoreApi } from "zustand/vanilla";
import { Backoff, pause } from "../../api/backoff";
import type { MediaDoor } from "../../api/media-door";
import { isPassing, type Problem, problemOf } from "../../api/problem";
import type { World } from "../../api/world";
import type { KeptFile, KeptFiles } from "../../kept/files";
import type { Kind } from "../../log/attachment";
import { newUuid } from "../conversation/uuid";
import type { LeftFiles } from "./left-files";

/** The contract lets a message have so many. */
export const FILES_MAX = 10;
/** So many are sent at the same time; the others wait. */
const TOGETHER_MAX = 2;
/** After so many tries in which nothing moved a person decides whether to go on. */
export const TRIES_MAX = 8;
/** So much is kept of files that are not sent; more is lost with the tab, and said so. */
export const BESIDE_BYTES_MAX = 100_000_000;
const BACKOFF_BASE_MS = 400;
const BACKOFF_CEILING_MS = 15_000;
/** Of so many files that were sent from here the page shows what it has, and fetches nothing. */
const SHOWN_MAX = 40;

/** A file on its way. */
export interface Upload {
  /** Ours; the server's is `mediaId`. */
  readonly id: string;
  readonly conversationId: string;
  /** Whether it belongs to a message by now, or is still beside the field. */
  readonly isTaken: boolean;
  /** Whether it is kept while it is beside the field; not if the browser has no room for it. */
  readonly keeping: "not yet" | "kept" | "refused";
  readonly name: string;
  readonly size: number;
  readonly kind: Kind;
  /** In pixels; 0 until it is known. */
  readonly width: number;
  readonly height: number;
  /** Where the page itself has it. */
  readonly address: string;
  /** How many bytes have gone out. */
  readonly sent: number;
  readonly status: "waiting" | "sending" | "done" | "failed";
  /** The upload on the server, and then the file; empty if none has begun. */
  readonly mediaId: string;
  readonly problem?: Problem | undefined;
}

/** What sending files needs from the rest of the client. */
export interface UploadsOptions {
  readonly door: MediaDoor;
  readonly world: World;
  readonly onUnauthenticated: () => Promise<void>;
  /** Where files of messages are kept until they are sent; throws if the browser keeps nothing. */
  readonly open: () => Promise<KeptFiles>;
  /** Which tabs keep files that are not sent. */
  readonly left: LeftFiles;
  /** Gives a file an address on this page, and takes it back. */
  readonly addresses: Pick<typeof URL, "createObjectURL" | "revokeObjectURL">;
  /** How large a picture is; throws if it is none that the browser can show. */
  readonly measure: (address: string) => Promise<Pick<Upload, "width" | "height">>;
}

/** Sends files. */
export class Uploads {
  readonly store: StoreApi<ReadonlyMap<string, Upload>> = createStore<ReadonlyMap<string, Upload>>(() => new Map());
  /** For what belongs to no message. */
  readonly door: MediaDoor;
  readonly #files = new Map<string, Blob>();
  readonly #running = new Map<string, AbortController>();
  /** What this page has of files that are sent, by their ids on the server. */
  readonly #shown = new Map<string, string>();
  #kept: Promise<KeptFiles | undefined> | undefined;

  constructor(
    private readonly options: UploadsOptions,
    private readonly signal: AbortSignal,
  ) {
    this.door = options.door;
    options.left.follow((tab) => this.#takeUp(tab));
    signal.addEventListener("abort", () => {
      for (const { address } of this.store.getState().values()) options.addresses.revokeObjectURL(address);
      for (const address of this.#shown.values()) options.addresses.revokeObjectURL(address);
    });
  }

  /** Takes files for the next message in a conversation. Returns how many were too many. */
  add(conversationId: string, files: readonly File[]): number {
    const room = FILES_MAX - filesBeside(this.store.getState(), conversationId).length;
    for (const file of files.slice(0, Math.max(0, room))) {
      const id = newUuid();
      this.#take({ id, name: file.name, blob: file, mediaId: "" }, conversationId, false);
      void this.#keepBeside(id);
    }
    return Math.max(0, files.length - room);
  }

  /** Takes up files of a message that a closed tab has left. Tells whether they are all there. */
  async recall(ids: readonly string[], conversationId: string): Promise<boolean> {
    const found = await Promise.all(ids.map((id) => this.#do((kept) => kept.get(id))));
    if (this.signal.aborted) return false;
    const files = found.filter((file) => file !== undefined);
    for (const file of files) if (!this.store.getState().has(file.id)) this.#take(file, conversationId, true);
    return files.length === ids.length;
  }

  /** The files belong to a message now, and are kept. Resolves to whether they could be. */
  async take(ids: readonly string[]): Promise<boolean> {
    for (const id of ids) this.#change(id, { isTaken: true });
    this.#mark();
    const kept = await Promise.all(ids.map((id) => this.#keep(id)));
    return kept.every(Boolean);
  }

  /** The files of a message that was not sent stand beside the field again. */
  giveBack(ids: readonly string[]): void {
    for (const id of ids) {
      this.#change(id, { isTaken: false });
      void this.#keepBeside(id);
    }
  }

  /** Tries a file again that failed. */
  retry(id: string): void {
    if (this.store.getState().get(id)?.status === "failed") this.#change(id, { status: "waiting", problem: undefined });
    this.#next();
  }

  /** Gives a file up. */
  remove(id: string): void {
    const upload = this.#forget(id);
    if (!upload) return;
    this.options.addresses.revokeObjectURL(upload.address);
    // What is attached to nothing goes by itself after a while.
    if (upload.mediaId !== "" && upload.status !== "done") this.options.door.cancel(upload.mediaId).catch(() => {});
  }

  /** The message with these files is sent. */
  settle(ids: readonly string[]): void {
    for (const id of ids) {
      const upload = this.#forget(id);
      if (upload) this.#show(upload.mediaId, upload.address);
    }
  }

  /** Where the page itself has a file that was sent from here, if it still has it. */
  addressOf(mediaId: string): string | undefined {
    return this.#shown.get(mediaId);
  }

  /** Whether a file would be lost if the tab were closed. */
  get hasUnkept(): boolean {
    return [...this.store.getState().values()].some(({ isTaken, keeping }) => !isTaken && keeping !== "kept");
  }

  /** Takes up what a closed tab has left beside its fields. Tells whether it could be read. */
  async #takeUp(tab: string): Promise<boolean> {
    const files = await this.#do((kept) => kept.leftBy(tab));
    if (!files || this.signal.aborted) return false;
    const news = files.filter(({ id }) => !this.store.getState().has(id));
    for (const { beside, ...file } of news) if (beside) this.#take(file, beside.conversationId, false);
    // Only when they are this tab's may another look.
    await Promise.all(news.map(({ id }) => this.#keepBeside(id)));
    return true;
  }

  /** Keeps a file that is beside a field, if there is room. */
  async #keepBeside(id: string): Promise<void> {
    const all = [...this.store.getState().values()].filter(({ isTaken, keeping }) => !isTaken && keeping !== "refused");
    const hasRoom = all.reduce((sum, { size }) => sum + size, 0) <= BESIDE_BYTES_MAX;
    const isKept = hasRoom && (await this.#keep(id)) && this.options.left.mark(true);
    if (!this.store.getState().get(id)?.isTaken) this.#change(id, { keeping: isKept ? "kept" : "refused" });
    this.#mark();
  }

  /** Says whether this tab has anything to leave. */
  #mark(): void {
    this.options.left.mark([...this.store.getState().values()].some(({ isTaken, keeping }) => !isTaken && keeping === "kept"));
  }

  #show(mediaId: string, address: string): void {
    this.#shown.set(mediaId, address);
    const [oldest] = this.#shown;
    if (this.#shown.size <= SHOWN_MAX || !oldest) return;
    this.#shown.delete(oldest[0]);
    this.options.addresses.revokeObjectURL(oldest[1]);
  }

  #take({ id, name, blob, mediaId }: Pick<KeptFile, "id" | "name" | "blob" | "mediaId">, conversationId: string, isTaken: boolean): void {
    this.#files.set(id, blob);
    const address = this.options.addresses.createObjectURL(blob);
    const upload: Upload = { id, conversationId, isTaken, keeping: "not yet", name, size: blob.size, kind: kindOf(blob.type), width: 0, height: 0, address, sent: 0, status: "waiting", mediaId };
    this.store.setState(new Map(this.store.getState()).set(id, upload), true);
    if (upload.kind === "image") void this.#measure(id, address);
    this.#next();
  }

  async #measure(id: string, address: string): Promise<void> {
    try {
      this.#change(id, await this.options.measure(address));
    } catch {
      // The browser cannot show it; the server may know better.
      this.#change(id, { kind: "file" });
    }
  }

  #forget(id: string): Upload | undefined {
    const upload = this.store.getState().get(id);
    const rest = new Map(this.store.getState());
    rest.delete(id);
    this.store.setState(rest, true);
    this.#files.delete(id);
    this.#running.get(id)?.abort();
    if (upload && (upload.isTaken || upload.keeping !== "refused")) void this.#do((kept) => kept.drop(id));
    this.#mark();
    return upload;
  }

  #change(id: string, change: Partial<Upload>): void {
    const all = this.store.getState();
    const upload = all.get(id);
    if (upload) this.store.setState(new Map(all).set(id, { ...upload, ...change }), true);
  }

  /** Begins with as many as may go together. */
  #next(): void {
    for (const { id, status } of this.store.getState().values()) {
      if (this.#running.size >= TOGETHER_MAX || this.signal.aborted) return;
      if (status === "waiting" && !this.#running.has(id)) void this.#run(id);
    }
  }

  async #run(id: string): Promise<void> {
    const life = new AbortController();
    this.#running.set(id, life);
    await this.#send(id, AbortSignal.any([life.signal, this.signal]));
    this.#running.delete(id);
    this.#next();
  }

  async #send(id: string, signal: AbortSignal): Promise<void> {
    const { world, onUnauthenticated } = this.options;
    const backoff = new Backoff(BACKOFF_BASE_MS, BACKOFF_CEILING_MS, world.random);
    let furthest = 0;
    while (!signal.aborted) {
      if (!world.isOnline()) await pause(BACKOFF_CEILING_MS, signal, world.events, "online");
      if (signal.aborted) return;
      try {
        await this.#sendRest(id, signal);
        return this.#change(id, { status: "done" });
      } catch (thrown) {
        if (signal.aborted) return;
        const problem = problemOf(thrown);
        const { sent = 0, mediaId = "" } = this.store.getState().get(id) ?? {};
        // What moves is not given up.
        if (sent > furthest) backoff.succeed();
        furthest = Math.max(furthest, sent);
        if (problem.kind === "unauthenticated") await onUnauthenticated();
        // An upload that lay still for too long is gone, and begun anew.
        const isGone = problem.kind === "not-found" && mediaId !== "";
        if (isGone) this.#change(id, { mediaId: "", sent: 0 });
        const delay = Math.max(backoff.nextMs(), problem.retryAfterMs ?? 0);
        const isRetried = isPassing(problem) || isGone || problem.kind === "unauthenticated";
        if (!isRetried || (backoff.tries >= TRIES_MAX && world.isOnline())) return this.#change(id, { status: "failed", problem });
        await pause(delay, signal, world.events, "online");
      }
    }
  }

  /** Sends what the server does not have yet. */
  async #sendRest(id: string, signal: AbortSignal): Promise<void> {
    const { door } = this.options;
    const file = this.#files.get(id);
    const upload = this.store.getState().get(id);
    if (!file || !upload) return;
    let { mediaId } = upload;
    let offset = 0;
    if (mediaId === "") {
      mediaId = await door.begin({ name: upload.name, size: file.size }, "message", signal);
      this.#change(id, { mediaId, sent: 0, status: "sending" });
      // What is kept goes on from there.
      const { isTaken, keeping } = this.store.getState().get(id) ?? upload;
      if (isTaken || keeping === "kept") void this.#keep(id);
    } else {
      offset = await door.offset(mediaId, signal);
      this.#change(id, { sent: offset, status: "sending" });
    }
    while (offset < file.size) {
      const reached = await door.append({ uploadId: mediaId, file, offset, onProgress: (sent) => this.#change(id, { sent: Math.min(sent, file.size) }), signal });
      if (reached <= offset) throw new Error("the server has taken nothing");
      offset = reached;
    }
    this.#change(id, { sent: file.size });
  }

  #keep(id: string): Promise<boolean> {
    const upload = this.store.getState().get(id);
    const blob = this.#files.get(id);
    if (!upload || !blob) return Promise.resolve(false);
    return this.#do(async (kept) => {
      // As it is when its turn comes: of two at once, the later must not bring back what the earlier was.
      const { name, mediaId, isTaken, conversationId } = this.store.getState().get(id) ?? upload;
      const beside = { conversationId, tab: this.options.left.tab, place: [...this.store.getState().keys()].indexOf(id) };
      await kept.put({ id, name, blob, mediaId, time: this.options.world.now(), ...(!isTaken && { beside }) });
      // It may have been sent or given up while it was written.
      if (!this.store.getState().has(id)) await kept.drop(id);
      return true;
    }).then((done) => done ?? false);
  }

  /** Does something with what is kept; nothing, if the browser refuses. */
  async #do<Answer>(work: (kept: KeptFiles) => Promise<Answer>): Promise<Answer | undefined> {
    this.#kept ??= this.options.open().catch(() => undefined);
    const kept = await this.#kept;
    try {
      return kept && (await work(kept));
    } catch {
      return undefined;
    }
  }
}

/** The files beside the field of a conversation, in the order in which they were chosen. */
export function filesBeside(all: ReadonlyMap<string, Upload>, conversationId: string): readonly Upload[] {
  return [...all.values()].filter((upload) => upload.conversationId === conversationId && !upload.isTaken);
}

function kindOf(type: string): Kind {
  if (/^image\/(jpeg|png|gif|webp)$/.test(type)) return "image";
  if (type.startsWith("audio/")) return "audio";
  return type.startsWith("video/") ? "video" : "file";
}

/** How large a picture is, as the browser shows it. */
export async function measured(address: string): Promise<Pick<Upload, "width" | "height">> {
  const image = new Image();
  image.src = address;
  await image.decode();
  return { width: image.naturalWidth, height: image.naturalHeight };
}
