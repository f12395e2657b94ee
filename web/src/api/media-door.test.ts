// How files are sent over plain HTTP, as tus 1.0 has it.
import { afterEach, describe, expect, it, vi } from "vitest";
import { browserDoor, downloadAddress, mediaAddress } from "./media-door";
import { isPassing, type Problem, problemOf } from "./problem";

const LIFE = new AbortController().signal;

/** A request that is answered by `answer`. */
class FakeRequest {
  static answer: (request: FakeRequest) => void;
  upload: { onprogress?: (event: { readonly loaded: number }) => void } = {};
  onloadend = () => {};
  status = 0;
  responseText = "";
  readonly headers: Record<string, string> = {};
  readonly answered: Record<string, string> = {};
  opened = "";
  body: Blob | undefined;
  open = (method: string, path: string) => {
    this.opened = `${method} ${path}`;
  };
  setRequestHeader = (name: string, value: string) => {
    this.headers[name] = value;
  };
  getResponseHeader = (name: string) => this.answered[name] ?? null;
  abort = () => this.onloadend();
  send = (body: Blob) => {
    this.body = body;
    FakeRequest.answer(this);
  };
}

afterEach(() => vi.unstubAllGlobals());

async function problem(work: Promise<unknown>): Promise<Problem> {
  return work.then(
    () => {
      throw new Error("it worked");
    },
    (thrown) => problemOf(thrown),
  );
}

describe("the door for files", () => {
  it("begins an upload with its name, whatever letters that has", async () => {
    const ask = vi.fn(async () => new Response(null, { status: 201, headers: { location: "/media/uploads/u1" } }));
    vi.stubGlobal("fetch", ask);
    expect(await browserDoor().begin({ name: "Žofie.png", size: 7 }, "message", LIFE)).toBe("u1");
    const headers = { "tus-resumable": "1.0.0", "upload-length": "7", "upload-metadata": "purpose bWVzc2FnZQ==,filename xb1vZmllLnBuZw==" };
    expect(ask).toHaveBeenCalledWith("/media/uploads", expect.objectContaining({ method: "POST", headers }));
  });

  it("sends what is not there yet, and tells how far it is", async () => {
    const seen: number[] = [];
    let request: FakeRequest | undefined;
    FakeRequest.answer = (one) => {
      request = one;
      one.upload.onprogress?.({ loaded: 2 });
      Object.assign(one, { status: 204 });
      one.answered["upload-offset"] = "5";
      one.onloadend();
    };
    vi.stubGlobal("XMLHttpRequest", FakeRequest);
    const reached = await browserDoor().append({ uploadId: "u1", file: new Blob(["hello"]), offset: 3, onProgress: (sent) => seen.push(sent), signal: LIFE });
    expect([reached, seen, request?.opened, request?.headers["upload-offset"], await request?.body?.text()]).toEqual([5, [5], "PATCH /media/uploads/u1", "3", "lo"]);
  });

  it("says what the server says when it refuses", async () => {
    FakeRequest.answer = (one) => {
      Object.assign(one, { status: 415, responseText: JSON.stringify({ reason: "TYPE_REFUSED", detail: "this is not taken" }) });
      one.onloadend();
    };
    vi.stubGlobal("XMLHttpRequest", FakeRequest);
    const found = await problem(browserDoor().append({ uploadId: "u1", file: new Blob(["x"]), offset: 0, onProgress: () => {}, signal: LIFE }));
    expect(found).toMatchObject({ kind: "invalid", reason: "TYPE_REFUSED", text: "This is not taken." });
    expect(isPassing(found)).toBe(false);
  });

  it("takes a net that is gone, and a server that is down, for something that passes", async () => {
    vi.stubGlobal("fetch", vi.fn(async () => Promise.reject(new TypeError("Failed to fetch"))));
    expect(isPassing(await problem(browserDoor().offset("u1", LIFE)))).toBe(true);
    vi.stubGlobal("fetch", vi.fn(async () => new Response("<html>", { status: 503, headers: { "retry-after": "2" } })));
    expect(await problem(browserDoor().offset("u1", LIFE))).toMatchObject({ kind: "unreachable", retryAfterMs: 2_000 });
  });

  it("knows where a file is", () => {
    expect([mediaAddress("m"), mediaAddress("m", "small"), downloadAddress("m")]).toEqual(["/media/m", "/media/m/small", "/media/m?download"]);
  });
});
