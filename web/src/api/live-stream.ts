// Keeps one Subscribe stream open for as long as it is wanted: opens it again
// when it ends, breaks or falls silent.
import type { SubscribeResponse } from "../gen/confab/message/v1/live_service_pb";
import { Backoff, pause } from "./backoff";
import { problemOf } from "./problem";
import type { Api } from "./transport";
import type { World } from "./world";

/** The server says something every 15 s; after this much silence the stream is dead. */
export const SILENCE_MAX_MS = 40_000;
const BACKOFF_BASE_MS = 500;
const BACKOFF_CEILING_MS = 15_000;
/** After so many tries we say "offline" rather than "connecting". */
const TRIES_BEFORE_OFFLINE = 2;

/** How it stands with the stream. */
export type Connection = "connecting" | "online" | "offline";

/** What the stream needs from the rest of the client. */
export interface LiveStreamOptions {
  readonly api: Pick<Api, "live">;
  /** What to tell the server that we know, each time the stream is opened. */
  readonly known: () => Promise<{ epoch: string; knownHeads: { conversationId: string; seq: bigint }[] }>;
  readonly onFrame: (frame: SubscribeResponse) => void;
  readonly onConnection: (connection: Connection) => void;
  /** The server does not know us: asks whether the session has ended. */
  readonly onUnauthenticated: () => Promise<void>;
  readonly world: Pick<World, "random" | "events">;
}

/** Runs until `signal` is aborted. */
export async function runLiveStream(options: LiveStreamOptions, signal: AbortSignal): Promise<void> {
  const backoff = new Backoff(BACKOFF_BASE_MS, BACKOFF_CEILING_MS, options.world.random);
  while (!signal.aborted) {
    options.onConnection(backoff.tries < TRIES_BEFORE_OFFLINE ? "connecting" : "offline");
    const end = await readOnce(options, backoff, signal);
    if (signal.aborted) return;
    // A token ends after ten minutes; the stream goes on at once with the next one.
    if (end === "token-ended") continue;
    if (end === "unauthenticated") await options.onUnauthenticated();
    await pause(backoff.nextMs(), signal, options.world.events, "online");
  }
}

/** How a stream ended: `token-ended` only if it had lasted, so that we do not go round and round. */
type End = "over" | "reset" | "token-ended" | "unauthenticated" | "broken";

async function readOnce(options: LiveStreamOptions, backoff: Backoff, signal: AbortSignal): Promise<End> {
  const stream = new AbortController();
  const stop = () => stream.abort();
  signal.addEventListener("abort", stop);
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  let lasted = false;
  try {
    const known = await options.known();
    watchdog = setTimeout(stop, SILENCE_MAX_MS);
    for await (const response of options.api.live.subscribe(known, { signal: stream.signal, timeoutMs: 0 })) {
      if (stream.signal.aborted) return "broken";
      clearTimeout(watchdog);
      watchdog = setTimeout(stop, SILENCE_MAX_MS);
      if (response.frame.case === "ready") options.onConnection("online");
      if (response.frame.case === "heartbeat") {
        // Only now: a server that lets us in and throws us out again is to be spared.
        lasted = true;
        backoff.succeed();
      }
      options.onFrame(response);
      // What we said we know was wrong: say it anew.
      if (response.frame.case === "reset") return "reset";
    }
    return "over";
  } catch (thrown) {
    if (problemOf(thrown).kind !== "unauthenticated") return "broken";
    return lasted ? "token-ended" : "unauthenticated";
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener("abort", stop);
    stop();
  }
}
