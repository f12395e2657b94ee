// @vitest-environment node
// An emoji is shown at once, told once, and taken back if it was refused.
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApi } from "../../api/transport";
import { MessageService } from "../../gen/confab/message/v1/message_service_pb";
import { ReactionIntents, withIntents } from "./reaction-intents";

const ON = { conversationId: "c", seq: 1n, emoji: "👍", isOn: true };

let life: AbortController;
let calls: string[];
let isRefused: boolean;

function start() {
  const onProblem = vi.fn();
  const answer = (name: string) => async () => {
    calls.push(name);
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (isRefused) throw new ConnectError("too many", Code.FailedPrecondition);
    return {};
  };
  const transport = createRouterTransport(({ service }) => {
    service(MessageService, { addReaction: answer("add"), removeReaction: answer("remove") });
  });
  const intents = new ReactionIntents({ api: createApi(transport), onProblem }, life.signal);
  const shown = () => withIntents([], intents.store.getState(), "c", 1n, "me").map(({ emoji }) => emoji);
  return { intents, onProblem, shown };
}

beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
  calls = [];
  isRefused = false;
});

afterEach(() => {
  life.abort();
  vi.useRealTimers();
});

describe("an emoji that somebody puts on a message", () => {
  it("is there at once, and left to the stream in the end", async () => {
    const { intents, shown } = start();
    intents.set(ON);
    expect(shown()).toEqual(["👍"]);
    await vi.advanceTimersByTimeAsync(200);
    expect([calls, shown()]).toEqual([["add"], ["👍"]]);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(intents.store.getState().size).toBe(0);
  });

  it("is told as it was last wanted, one call at a time", async () => {
    const { intents, shown } = start();
    for (const isOn of [true, false, true, false]) intents.set({ ...ON, isOn });
    await vi.advanceTimersByTimeAsync(200);
    expect([calls.at(-1), shown()]).toEqual(["remove", []]);
    expect(calls.length).toBeLessThanOrEqual(2);
  });

  it("goes away again if it is refused, and says why", async () => {
    const { intents, onProblem, shown } = start();
    isRefused = true;
    intents.set(ON);
    await vi.advanceTimersByTimeAsync(200);
    expect(shown()).toEqual([]);
    expect(onProblem).toHaveBeenCalledWith(expect.objectContaining({ text: "Too many." }));
  });
});
