// @vitest-environment node
// Who is writing: told every three seconds, over after six.
import { createRouterTransport } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApi } from "../../api/transport";
import { LiveService } from "../../gen/confab/message/v1/live_service_pb";
import { Typing, writingWords } from "./typing";

let life: AbortController;
let told: boolean[];

function start(): Typing {
  const transport = createRouterTransport(({ service }) => {
    service(LiveService, {
      setTyping: ({ typing }) => {
        told.push(typing);
        return {};
      },
    });
  });
  return new Typing({ api: createApi(transport), me: "me", world: { now: () => Date.now() } }, life.signal);
}

beforeEach(() => {
  vi.useFakeTimers();
  life = new AbortController();
  told = [];
});

afterEach(() => {
  life.abort();
  vi.useRealTimers();
});

describe("somebody who writes", () => {
  it("is writing until they stop, or say nothing of it for six seconds", async () => {
    const typing = start();
    const writers = () => [...(typing.store.getState().get("c")?.keys() ?? [])];
    typing.take("c", "ada", true);
    typing.take("c", "ben", true);
    typing.take("c", "me", true);
    expect(writers()).toEqual(["ada", "ben"]);
    typing.take("c", "ben", false);
    await vi.advanceTimersByTimeAsync(4_000);
    typing.take("c", "ada", true);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(writers()).toEqual(["ada"]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(typing.store.getState().size).toBe(0);
  });

  it("says so once in three seconds, and at once when done", async () => {
    const typing = start();
    for (let key = 0; key < 10; key += 1) {
      typing.write("c");
      await vi.advanceTimersByTimeAsync(400);
    }
    expect(told).toEqual([true, true]);
    typing.stop("c");
    typing.stop("c");
    await vi.advanceTimersByTimeAsync(10);
    expect(told).toEqual([true, true, false]);
  });

  it("is named, as long as they are few", () => {
    expect([writingWords([]), writingWords(["Ada"]), writingWords(["Ada", "Ben"]), writingWords(["A", "B", "C"])]).toEqual([
      "",
      "Ada is writing…",
      "Ada and Ben are writing…",
      "3 people are writing…",
    ]);
  });
});
