// @vitest-environment node
// Marks move forward only, and say what has become of a message.
import { create } from "@bufbuild/protobuf";
import { createRouterTransport } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApi } from "../../api/transport";
import { type DeliveredMark, ConversationService } from "../../gen/confab/message/v1/conversation_service_pb";
import { MarkMovedSchema } from "../../gen/confab/message/v1/live_service_pb";
import * as logs from "../../log/log";
import { ME, messageOf, OTHER, sampleHistory } from "../../log/sample";
import type { Conversation } from "../conversations/conversation";
import { Marks } from "./marks";
import { reachOf, readersOf } from "./read-state";

const history = sampleHistory(12);

let life: AbortController;
let told: [string, bigint][][];

function start() {
  const onReadElsewhere = vi.fn();
  const transport = createRouterTransport(({ service }) => {
    service(ConversationService, {
      listMembers: () => ({ members: [{ userId: ME }, { userId: OTHER, readSeq: 3n, deliveredSeq: 5n }] }),
      markDelivered: ({ marks }: { marks: DeliveredMark[] }) => {
        told.push(marks.map(({ conversationId, seq }) => [conversationId, seq]));
        return { marks };
      },
    });
  });
  return { marks: new Marks({ api: createApi(transport), me: ME, onReadElsewhere }, life.signal), onReadElsewhere };
}

function moved(userId: string, readSeq: bigint, deliveredSeq: bigint) {
  return create(MarkMovedSchema, { conversationId: "c", userId, readSeq, deliveredSeq });
}

function conversation(id: string, upTo: number, unread: bigint): Conversation {
  const log = logs.openLog({ headSeq: BigInt(upTo), lastMessage: messageOf(history[0]!)!, unreadCount: unread });
  return { id, log } as Conversation;
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

describe("marks", () => {
  it("are asked for, and never move back", async () => {
    const { marks } = start();
    await marks.load("c");
    const other = () => marks.store.getState().get("c")?.get(OTHER);
    expect(other()).toEqual({ readSeq: 3n, deliveredSeq: 5n });
    marks.take(moved(OTHER, 2n, 4n));
    expect(other()).toEqual({ readSeq: 3n, deliveredSeq: 5n });
    marks.take(moved(OTHER, 7n, 6n));
    expect(other()).toEqual({ readSeq: 7n, deliveredSeq: 7n });
  });

  it("of oneself tell what one has read elsewhere", () => {
    const { marks, onReadElsewhere } = start();
    marks.take(moved(ME, 4n, 4n));
    expect(onReadElsewhere).toHaveBeenCalledWith("c", 4n);
    expect(marks.store.getState().size).toBe(0);
  });

  it("of this device are told together, and only what is new", async () => {
    const { marks } = start();
    marks.note([conversation("read", 5, 0n), conversation("unread", 5, 1n)]);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(told).toEqual([[["unread", 5n]]]);
    marks.note([conversation("read", 6, 0n), conversation("unread", 5, 1n)]);
    marks.note([conversation("read", 7, 0n)]);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(told.slice(1)).toEqual([[["read", 7n]]]);
  });
});

describe("a message", () => {
  const { messages } = history.reduce((log, event) => logs.applyEvent(log, event, ME), logs.openLog({ headSeq: 0n, unreadCount: 0n }));

  it("is read when everybody else has read it", () => {
    const marks = new Map([
      ["ada", { readSeq: 9n, deliveredSeq: 11n }],
      ["ben", { readSeq: 3n, deliveredSeq: 7n }],
    ]);
    const readers = readersOf(messages, marks, ME);
    expect([3n, 6n, 9n].map((seq) => reachOf(readers, seq))).toEqual(["read", "delivered", "sent"]);
    expect([...readers.at]).toEqual([
      [9n, ["ada"]],
      [3n, ["ben"]],
    ]);
  });

  it("was read by whoever said something after it", () => {
    // The eleventh is the last that the other has said.
    const readers = readersOf(messages, new Map([[OTHER, { readSeq: 0n, deliveredSeq: 0n }]]), ME);
    expect(reachOf(readers, 9n)).toBe("read");
  });

  it("is sent and no more while nothing is known", () => {
    expect(reachOf(readersOf(messages, undefined, ME), 3n)).toBe("sent");
    expect(reachOf(readersOf(messages, new Map([[ME, { readSeq: 9n, deliveredSeq: 9n }]]), ME), 3n)).toBe("sent");
  });
});
