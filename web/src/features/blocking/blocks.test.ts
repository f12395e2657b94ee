// @vitest-environment node
// Whom one has blocked: read once, then kept up to date.
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { beforeEach, describe, expect, it } from "vitest";
import { createApi } from "../../api/transport";
import { UserService } from "../../gen/confab/auth/v1/user_service_pb";
import { Blocks } from "./blocks";

let calls: number;
let isRefused: boolean;

function start(): Blocks {
  const change = () => {
    if (isRefused) throw new ConnectError("too many", Code.FailedPrecondition);
    return {};
  };
  const transport = createRouterTransport(({ service }) => {
    service(UserService, {
      listBlockedUsers: ({ pageToken }) => {
        calls += 1;
        return pageToken === "" ? { blockedUsers: [{ user: { userId: "ben" } }], nextPageToken: "more" } : { blockedUsers: [{ user: { userId: "cy" } }] };
      },
      blockUser: change,
      unblockUser: change,
    });
  });
  return new Blocks(createApi(transport), new AbortController().signal);
}

beforeEach(() => {
  calls = 0;
  isRefused = false;
});

describe("those whom one has blocked", () => {
  it("are read once, all pages of them", async () => {
    const blocks = start();
    expect(blocks.store.getState()).toBeUndefined();
    await Promise.all([blocks.load(), blocks.load()]);
    await blocks.load();
    expect([calls, blocks.store.getState()]).toEqual([2, ["ben", "cy"]]);
  });

  it("become more and fewer", async () => {
    const blocks = start();
    await blocks.load();
    await blocks.block("ada");
    await blocks.unblock("ben");
    expect(blocks.store.getState()).toEqual(["ada", "cy"]);
  });

  it("stay as they are when the server refuses", async () => {
    const blocks = start();
    await blocks.load();
    isRefused = true;
    await expect(blocks.block("ada")).rejects.toThrow();
    expect(blocks.store.getState()).toEqual(["ben", "cy"]);
  });
});
