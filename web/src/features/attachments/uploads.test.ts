// @vitest-environment node
// Files arrive whole, whatever cuts them off, and no more often than they must.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeWorld } from "../../api/fake-world";
import { FakeBrowser } from "../live/fake-tabs";
import { FakeDoor, FakeKept, FakeMarks, fakeUploads, fileOf, refusal } from "./fake-door";
import { BESIDE_BYTES_MAX, FILES_MAX, filesBeside, TRIES_MAX, type Upload, type Uploads } from "./uploads";

/** Longer than all pauses between tries together. */
const LONG_MS = 600_000;

let life: AbortController;
let door: FakeDoor;
let kept: FakeKept;
let world: FakeWorld;
let uploads: Uploads;

beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
  door = new FakeDoor();
  kept = new FakeKept();
  world = new FakeWorld();
  uploads = fakeUploads(door, kept, world, life.signal);
});

afterEach(() => {
  life.abort();
  vi.useRealTimers();
});

function beside(): readonly Upload[] {
  return filesBeside(uploads.store.getState(), "c");
}

function statuses(): string[] {
  return beside().map(({ name, status }) => `${name}: ${status}`);
}

describe("files that are chosen", () => {
  it("go at once, two at a time, in the order in which they were chosen", async () => {
    uploads.add("c", [fileOf("a.png", 3), fileOf("b.png", 3), fileOf("c.txt", 3, "text/plain")]);
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses()).toEqual(["a.png: done", "b.png: done", "c.txt: done"]);
    expect(beside().map(({ kind, width, sent }) => [kind, width, sent])).toEqual([["image", 4, 3], ["image", 4, 3], ["file", 0, 3]]);
    expect(door.togetherMost).toBe(2);
  });

  it("are no more than a message can have", () => {
    const files = Array.from({ length: FILES_MAX + 2 }, (_, place) => fileOf(`${place}.png`, 1));
    expect(uploads.add("c", files)).toBe(2);
    expect(uploads.add("c", files.slice(0, 1))).toBe(1);
    expect(uploads.add("another", files.slice(0, 1))).toBe(0);
    expect(beside()).toHaveLength(FILES_MAX);
  });

  it("go on where they were cut off", async () => {
    door.answer = ({ uploadId, onProgress }) => {
      onProgress(6);
      // Of what went out, less has arrived.
      door.offsets.set(uploadId, 4);
      door.answer = ({ file, offset }) => file.size - offset;
      throw refusal(0);
    };
    uploads.add("c", [fileOf("a.png", 10)]);
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(door.appends).toEqual(["server a.png 0 from 0", "server a.png 0 from 4"]);
    expect(statuses()).toEqual(["a.png: done"]);
  });

  it("wait for the net, and cost no try meanwhile", async () => {
    world.setNet(false);
    uploads.add("c", [fileOf("a.png", 10)]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(door.appends).toEqual([]);
    world.setNet(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses()).toEqual(["a.png: done"]);
  });

  it("are not tried again when they are refused, and say why", async () => {
    door.answer = () => {
      throw refusal(415, "TYPE_REFUSED", "files of this type are not taken");
    };
    uploads.add("c", [fileOf("a.exe", 10, "")]);
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(door.appends).toHaveLength(1);
    expect(beside()[0]?.problem).toMatchObject({ kind: "invalid", reason: "TYPE_REFUSED", text: "Files of this type are not taken." });
  });

  it("are given up after some tries in which nothing moves, and tried again when asked", async () => {
    door.answer = () => {
      throw refusal(503);
    };
    uploads.add("c", [fileOf("a.png", 10)]);
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(door.appends).toHaveLength(TRIES_MAX);
    expect(statuses()).toEqual(["a.png: failed"]);
    door.answer = () => 10;
    uploads.retry(beside()[0]?.id ?? "");
    await vi.advanceTimersByTimeAsync(1);
    expect(statuses()).toEqual(["a.png: done"]);
  });

  it("are not given up while they move", async () => {
    door.answer = ({ uploadId, offset, onProgress }) => {
      onProgress(offset + 1);
      door.offsets.set(uploadId, offset + 1);
      throw refusal(0);
    };
    uploads.add("c", [fileOf("a.png", TRIES_MAX * 3)]);
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(statuses()).toEqual(["a.png: done"]);
  });

  it("are begun anew when the server has forgotten them", async () => {
    door.answer = ({ uploadId }) => {
      door.offsets.delete(uploadId);
      door.answer = ({ file, offset }) => file.size - offset;
      throw refusal(0);
    };
    uploads.add("c", [fileOf("a.png", 10)]);
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(statuses()).toEqual(["a.png: done"]);
    expect(door.appends).toHaveLength(2);
  });

  it("are given up on the server too when they are taken out", async () => {
    let signal: AbortSignal | undefined;
    door.answer = (sending) => {
      ({ signal } = sending);
      return new Promise(() => {});
    };
    uploads.add("c", [fileOf("a.png", 10)]);
    await vi.advanceTimersByTimeAsync(1);
    uploads.remove(beside()[0]?.id ?? "");
    expect([statuses(), door.cancelled, signal?.aborted]).toEqual([[], ["server a.png 0"], true]);
  });
});

describe("the files of a message", () => {
  it("are kept until it is sent, and taken up again by another tab", async () => {
    door.answer = () => {
      throw refusal(0);
    };
    uploads.add("c", [fileOf("a.png", 10)]);
    const [{ id }] = beside() as [Upload];
    expect(await uploads.take([id])).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(beside()).toEqual([]);
    expect(kept.files.get(id)).toMatchObject({ name: "a.png", mediaId: "server a.png 0" });
    life.abort();

    const second = fakeUploads(door, kept, world, new AbortController().signal);
    door.answer = ({ file, offset }) => file.size - offset;
    expect(await second.recall([id, "another"], "c")).toBe(false);
    expect(await second.recall([id], "c")).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(second.store.getState().get(id)).toMatchObject({ status: "done", mediaId: "server a.png 0", isTaken: true });
    second.settle([id]);
    await vi.advanceTimersByTimeAsync(1);
    expect(kept.files.size).toBe(0);
    expect(second.addressOf("server a.png 0")).toMatch(/^blob:/);
  });

  it("are told to be unkept where the browser keeps nothing", async () => {
    const refused = fakeUploads(door, undefined, world, life.signal);
    refused.add("c", [fileOf("a.png", 10)]);
    expect(await refused.take([...refused.store.getState().keys()])).toBe(false);
  });
});

describe("files beside a field", () => {
  it("outlive their tab, in their order, and go on where they were", async () => {
    const browser = { locks: new FakeBrowser().locks, marks: new FakeMarks() };
    const first = fakeUploads(door, kept, world, life.signal, browser);
    door.answer = ({ uploadId }) => {
      door.offsets.set(uploadId, 4);
      throw refusal(0);
    };
    first.add("c", [fileOf("a.png", 10), fileOf("b.txt", 10, "text/plain")]);
    first.add("another", [fileOf("c.png", 10)]);
    await vi.advanceTimersByTimeAsync(1);
    expect(first.hasUnkept).toBe(false);
    const second = fakeUploads(door, kept, world, new AbortController().signal, browser);
    await vi.advanceTimersByTimeAsync(1);
    expect(second.store.getState().size, "while the first tab is open").toBe(0);
    door.answer = ({ file, offset }) => file.size - offset;
    door.appends.length = 0;
    life.abort();
    await vi.advanceTimersByTimeAsync(LONG_MS);
    expect(filesBeside(second.store.getState(), "c").map(({ name, status }) => `${name}: ${status}`)).toEqual(["a.png: done", "b.txt: done"]);
    expect(filesBeside(second.store.getState(), "another")).toHaveLength(1);
    expect(door.appends[0]).toBe("server a.png 0 from 4");
    // And once more.
    const ids = [...second.store.getState().keys()];
    second.remove(ids[0] ?? "");
    await second.take([ids[1] ?? ""]);
    second.settle([ids[1] ?? ""]);
    await vi.advanceTimersByTimeAsync(1);
    expect([...kept.files.values()].map(({ name }) => name)).toEqual(["c.png"]);
    expect(browser.marks.length).toBe(1);
    second.remove(ids[2] ?? "");
    await vi.advanceTimersByTimeAsync(1);
    expect([kept.files.size, browser.marks.length]).toEqual([0, 0]);
  });

  it("say so when they are too large to be kept, or the browser keeps nothing", async () => {
    const large = fileOf("film.mp4", 10, "video/mp4");
    Object.defineProperty(large, "size", { value: BESIDE_BYTES_MAX });
    uploads.add("c", [fileOf("a.png", 10), large]);
    const refused = fakeUploads(door, undefined, world, life.signal);
    refused.add("c", [fileOf("a.png", 10)]);
    await vi.advanceTimersByTimeAsync(1);
    expect(beside().map(({ keeping }) => keeping)).toEqual(["kept", "refused"]);
    expect([uploads.hasUnkept, refused.hasUnkept]).toEqual([true, true]);
    expect([...refused.store.getState().values()].map(({ keeping }) => keeping)).toEqual(["refused"]);
  });
});
