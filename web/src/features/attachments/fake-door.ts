// For tests: a server that takes files, and a place that keeps them.
import type { MediaDoor, Sending } from "../../api/media-door";
import { problemOfHttp, Refused } from "../../api/problem";
import type { World } from "../../api/world";
import type { Locks } from "../live/leader";
import type { KeptFile, KeptFiles } from "../../kept/files";
import { OpenTabs } from "../live/open-tabs";
import { LeftFiles } from "./left-files";
import { Uploads } from "./uploads";

/** An answer that says no. */
export function refusal(status: number, reason = "", detail = ""): Refused {
  return new Refused(problemOfHttp({ status, body: JSON.stringify({ reason, detail }), retryAfter: null }));
}

/** Takes everything, unless it is told otherwise. */
export class FakeDoor implements MediaDoor {
  /** How many bytes there are of each. */
  readonly offsets = new Map<string, number>();
  readonly cancelled: string[] = [];
  /** Where each request began. */
  readonly appends: string[] = [];
  together = 0;
  togetherMost = 0;
  /** What becomes of some bytes; returns how many are taken, throws if none are. */
  answer: (sending: Sending) => number | Promise<number> = ({ file, offset }) => file.size - offset;

  begin = async ({ name }: { readonly name: string }): Promise<string> => {
    const id = `server ${name} ${this.offsets.size}`;
    this.offsets.set(id, 0);
    return id;
  };

  offset = async (uploadId: string): Promise<number> => {
    const offset = this.offsets.get(uploadId);
    if (offset === undefined) throw refusal(404, "NO_SUCH_UPLOAD");
    return offset;
  };

  append = async (sending: Sending): Promise<number> => {
    const { uploadId, offset, onProgress } = sending;
    this.appends.push(`${uploadId} from ${offset}`);
    this.together += 1;
    this.togetherMost = Math.max(this.togetherMost, this.together);
    try {
      const taken = await this.answer(sending);
      const reached = offset + taken;
      this.offsets.set(uploadId, reached);
      onProgress(reached);
      return reached;
    } finally {
      this.together -= 1;
    }
  };

  cancel = async (uploadId: string): Promise<void> => {
    this.cancelled.push(uploadId);
  };
}

/** Keeps files as long as the test lasts. */
export class FakeKept {
  readonly files = new Map<string, KeptFile>();
  put = async (file: KeptFile) => void this.files.set(file.id, file);
  get = async (id: string) => this.files.get(id);
  drop = async (id: string) => void this.files.delete(id);
  leftBy = async (tab: string) => [...this.files.values()].filter(({ beside }) => beside?.tab === tab);
}

/** Tabs that say that they keep files. */
export class FakeMarks {
  readonly values = new Map<string, string>();
  get length(): number {
    return this.values.size;
  }
  key = (place: number) => [...this.values.keys()][place] ?? null;
  setItem = (key: string, value: string) => void this.values.set(key, value);
  removeItem = (key: string) => void this.values.delete(key);
}

/** Sends to a door that is none. */
export function fakeUploads(door: MediaDoor, kept: FakeKept | undefined, world: World, signal: AbortSignal, browser: { readonly locks?: Locks; readonly marks: FakeMarks } = { marks: new FakeMarks() }): Uploads {
  const open = async () => {
    if (!kept) throw new DOMException("refused", "InvalidStateError");
    return kept as unknown as KeptFiles;
  };
  let count = 0;
  const addresses = { createObjectURL: () => `blob:${(count += 1)}`, revokeObjectURL: () => {} };
  const left = new LeftFiles({ storage: browser.marks, prefix: "files.", tabs: new OpenTabs(browser.locks, signal), events: new EventTarget() }, signal);
  return new Uploads({ left, door, world, onUnauthenticated: async () => {}, open, addresses, measure: async () => ({ width: 4, height: 3 }) }, signal);
}

/** A file with so many bytes. */
export function fileOf(name: string, size: number, type = "image/png"): File {
  return new File([new Uint8Array(size)], name, { type });
}
