// @vitest-environment node
// The stream is kept open, through everything that ends streams.
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveService, type SubscribeRequest } from "../gen/confab/message/v1/live_service_pb";
import { FakeWorld } from "./fake-world";
import { type Connection, runLiveStream, SILENCE_MAX_MS } from "./live-stream";
import { createApi } from "./transport";

const READY = { frame: { case: "ready", value: { epoch: "e" } } } as const;
const BEAT = { frame: { case: "heartbeat", value: {} } } as const;
const EXPIRED = new ConnectError("expired", Code.Unauthenticated);

type Script = (signal: AbortSignal) => AsyncGenerator<typeof READY | typeof BEAT | { frame: { case: "reset"; value: { epoch: string } } }>;

let life: AbortController;

/** Plays one script for each time the stream is opened; the last one again and again. */
function play(...scripts: Script[]) {
  const requests: SubscribeRequest[] = [];
  const connections: Connection[] = [];
  const onUnauthenticated = vi.fn(async () => {});
  const transport = createRouterTransport(({ service }) => {
    service(LiveService, {
      subscribe: (request, { signal }) => {
        requests.push(request);
        return scripts[Math.min(requests.length, scripts.length) - 1]!(signal);
      },
    });
  });
  const done = runLiveStream(
    {
      api: createApi(transport),
      world: new FakeWorld(),
      known: async () => ({ epoch: "e", knownHeads: [{ conversationId: "c", seq: BigInt(requests.length) }] }),
      onFrame: () => {},
      onConnection: (connection) => connections.push(connection),
      onUnauthenticated,
    },
    life.signal,
  );
  return { requests, connections, onUnauthenticated, done };
}

/** Says nothing until it is ended. */
function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

const staysOpen: Script = async function* (signal) {
  yield READY;
  await silence(signal);
};

beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
});

afterEach(async () => {
  life.abort();
  vi.useRealTimers();
});

describe("the live stream", () => {
  it("is online once the server is ready, and stays so", async () => {
    const { requests, connections } = play(staysOpen);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(connections).toEqual(["connecting", "online"]);
    expect(requests).toHaveLength(1);
  });

  it("goes on at once when the token ends, and says anew what is known", async () => {
    const ends: Script = async function* () {
      yield READY;
      yield BEAT;
      throw EXPIRED;
    };
    const { requests, onUnauthenticated } = play(ends, staysOpen);
    await vi.advanceTimersByTimeAsync(1);
    expect(requests.map(({ knownHeads }) => knownHeads[0]?.seq)).toEqual([0n, 1n]);
    expect(onUnauthenticated).not.toHaveBeenCalled();
  });

  it("asks whether the session has ended when the next token is no good either", async () => {
    const ends: Script = async function* () {
      yield READY;
      throw EXPIRED;
    };
    const { requests, onUnauthenticated } = play(ends);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(onUnauthenticated).toHaveBeenCalled();
    expect(requests.length).toBeLessThan(10);
  });

  it("asks whether the session has ended when it cannot even begin", async () => {
    // oxlint-disable-next-line require-yield -- it fails before it has anything to say
    const refuses: Script = async function* () {
      throw EXPIRED;
    };
    const { onUnauthenticated } = play(refuses, staysOpen);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(onUnauthenticated).toHaveBeenCalledTimes(1);
  });

  it("is opened again when it falls silent", async () => {
    const { requests } = play(staysOpen);
    await vi.advanceTimersByTimeAsync(SILENCE_MAX_MS + 2_000);
    expect(requests).toHaveLength(2);
  });

  it("is alive as long as its heart beats", async () => {
    const beats: Script = async function* (signal) {
      yield READY;
      while (!signal.aborted) {
        await new Promise((resolve) => setTimeout(resolve, 15_000));
        yield BEAT;
      }
    };
    const { requests } = play(beats);
    await vi.advanceTimersByTimeAsync(5 * SILENCE_MAX_MS);
    expect(requests).toHaveLength(1);
  });

  it("tries again with growing pauses, and says that it is offline", async () => {
    // oxlint-disable-next-line require-yield -- it fails before it has anything to say
    const down: Script = async function* () {
      throw new ConnectError("down", Code.Unavailable);
    };
    const { requests, connections } = play(down);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connections.at(-1)).toBe("offline");
    expect(requests.length).toBeGreaterThan(5);
    expect(requests.length).toBeLessThan(20);
  });

  it("is opened anew after a reset", async () => {
    const resets: Script = async function* (signal) {
      yield READY;
      yield { frame: { case: "reset", value: { epoch: "other" } } };
      await silence(signal);
    };
    const { requests } = play(resets, staysOpen);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(requests).toHaveLength(2);
  });
});
