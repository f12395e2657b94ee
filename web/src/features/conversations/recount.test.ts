// @vitest-environment node
// Emoji of many people are counted by the server.
import { create } from "@bufbuild/protobuf";
import { createRouterTransport } from "@connectrpc/connect";
import { describe, expect, it, vi } from "vitest";
import { createApi } from "../../api/transport";
import { EventSchema } from "../../gen/confab/message/v1/event_pb";
import { MessageService } from "../../gen/confab/message/v1/message_service_pb";
import type { Reaction } from "../../log/reactions";
import { Recount } from "./recount";

function start(reactions: readonly Reaction[]) {
  const asked: bigint[] = [];
  const transport = createRouterTransport(({ service }) => {
    service(MessageService, {
      getMessage: ({ conversationId, seq }) => {
        asked.push(seq);
        return { message: { conversationId, seq, reactions: [{ emoji: "👍", count: asked.length }] } };
      },
    });
  });
  const take = vi.fn();
  const recount = new Recount({ api: createApi(transport), reactions: () => reactions, take }, new AbortController().signal);
  return { recount, asked, take };
}

function added(seq: bigint) {
  return create(EventSchema, { conversationId: "c", seq, actorId: "ada", kind: { case: "reactionAdded", value: { targetSeq: 1n, emoji: "👍" } } });
}

const MANY: Reaction = { emoji: "👍", count: 12, userIds: ["a", "b"], isMine: false };

describe("the emoji on a message", () => {
  it("are asked for when people are counted who are not named", async () => {
    const { recount, asked, take } = start([MANY]);
    recount.note(added(2n));
    await vi.waitFor(() => expect(take).toHaveBeenCalledTimes(1));
    expect(asked).toEqual([1n]);
  });

  it("are asked for once more, however much happens meanwhile", async () => {
    const { recount, asked, take } = start([MANY]);
    for (const seq of [2n, 3n, 4n, 5n]) recount.note(added(seq));
    await vi.waitFor(() => expect(take).toHaveBeenCalledTimes(2));
    expect(asked).toEqual([1n, 1n]);
  });

  it("are certain as long as everybody is named", () => {
    const { recount, asked } = start([{ ...MANY, count: 2 }]);
    recount.note(added(2n));
    recount.note(create(EventSchema, { conversationId: "c", seq: 3n, actorId: "ada" }));
    expect(asked).toEqual([]);
  });
});
