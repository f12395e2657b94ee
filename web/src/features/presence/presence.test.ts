// @vitest-environment node
// Who is there: asked once for a list, again when it changes, and every minute.
import { create } from "@bufbuild/protobuf";
import { createRouterTransport } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApi } from "../../api/transport";
import { LiveService, PresenceSchema } from "../../gen/confab/message/v1/live_service_pb";
import { Presence } from "./presence";

const STREAM = "00000000-0000-4000-8000-000000000000";

let life: AbortController;
let asked: string[][];

function start() {
  const share = vi.fn();
  const transport = createRouterTransport(({ service }) => {
    service(LiveService, {
      watchPresence: ({ userIds }) => {
        asked.push(userIds);
        return { presences: userIds.map((userId) => create(PresenceSchema, { userId, online: userId === "ada", lastSeenTime: userId === "ada" ? undefined : { seconds: 5n } })) };
      },
    });
  });
  return { presence: new Presence({ api: createApi(transport), share }, life.signal), share };
}

beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
  asked = [];
});

afterEach(() => {
  life.abort();
  vi.useRealTimers();
});

describe("presence", () => {
  it("is asked for once there is a stream, and told to the other tabs", async () => {
    const { presence, share } = start();
    presence.want(["ada", "ben"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual([]);
    presence.begin(STREAM);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual([["ada", "ben"]]);
    expect(presence.store.getState().get("ada")).toEqual({ isOnline: true, lastSeen: 0 });
    expect(presence.store.getState().get("ben")).toEqual({ isOnline: false, lastSeen: 5_000 });
    expect(share).toHaveBeenCalledTimes(1);
  });

  it("is asked for again when others are wanted, not when they only change places", async () => {
    const { presence } = start();
    presence.want(["ada", "ben"]);
    presence.begin(STREAM);
    await vi.advanceTimersByTimeAsync(1_000);
    presence.want(["ben", "ada"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toHaveLength(1);
    presence.want(["ben", "ada", "cy"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(asked).toHaveLength(3);
  });

  it("is given to a tab that is new as a frame like any other", async () => {
    const { presence } = start();
    presence.want(["ada", "ben"]);
    presence.begin(STREAM);
    await vi.advanceTimersByTimeAsync(1_000);
    const other = start().presence;
    const { frame } = presence.snapshot();
    if (frame.case === "presenceChanged") other.take(frame.value.presences);
    expect(other.store.getState()).toEqual(presence.store.getState());
  });
});
