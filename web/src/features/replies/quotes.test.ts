// @vitest-environment node
// What is answered is fetched once, and said to be missing if it is.
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createApi } from "../../api/transport";
import { MessageService } from "../../gen/confab/message/v1/message_service_pb";
import { quoteKey, Quotes } from "./quotes";

let calls: bigint[];
let isDown: boolean;

function start(): Quotes {
  const transport = createRouterTransport(({ service }) => {
    service(MessageService, {
      getMessage: ({ seq }) => {
        calls.push(seq);
        if (isDown) throw new ConnectError("down", Code.Unavailable);
        return { message: { seq, senderId: "ada", text: `text ${seq}`, deleteTime: seq === 2n ? { seconds: 1n } : undefined } };
      },
    });
  });
  return new Quotes(createApi(transport), new AbortController().signal);
}

beforeEach(() => {
  calls = [];
  isDown = false;
});

describe("what is answered", () => {
  it("is fetched once, and known to be deleted", async () => {
    const quotes = start();
    for (const seq of [1n, 1n, 2n]) quotes.need("c", seq);
    await vi.waitFor(() => expect(quotes.store.getState().size).toBe(2));
    expect(calls).toEqual([1n, 2n]);
    expect(quotes.store.getState().get(quoteKey("c", 1n))).toEqual({ senderId: "ada", text: "text 1", attachments: [], isDeleted: false });
    expect(quotes.store.getState().get(quoteKey("c", 2n))?.isDeleted).toBe(true);
  });

  it("is said to be missing when it cannot be had, and asked for again later", async () => {
    const quotes = start();
    isDown = true;
    quotes.need("c", 1n);
    await vi.waitFor(() => expect(quotes.store.getState().get(quoteKey("c", 1n))).toBeNull());
    isDown = false;
    quotes.need("c", 1n);
    await vi.waitFor(() => expect(quotes.store.getState().get(quoteKey("c", 1n))?.text).toBe("text 1"));
  });
});
