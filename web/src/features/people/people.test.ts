// @vitest-environment node
// People are asked for when they are needed, and anew when what is known may be old.
import { create } from "@bufbuild/protobuf";
import { createRouterTransport } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApi } from "../../api/transport";
import { BatchGetUsersResponseSchema, UserService } from "../../gen/confab/auth/v1/user_service_pb";
import { People } from "./people";

let asked: string[][];
let pictureId: string;
let life: AbortController;

function people(): People {
  const transport = createRouterTransport(({ service }) => {
    service(UserService, {
      batchGetUsers: ({ userIds }) => {
        asked.push(userIds);
        return create(BatchGetUsersResponseSchema, { users: userIds.map((userId) => ({ userId, name: userId.toUpperCase(), pictureId })) });
      },
    });
  });
  return new People(createApi(transport), { random: () => 0.5 }, life.signal);
}

beforeEach(() => {
  asked = [];
  pictureId = "first";
  life = new AbortController();
});
afterEach(() => life.abort());

describe("people", () => {
  it("are asked for once, many at a time", async () => {
    const all = people();
    all.need(["ada"]);
    all.need(["bob", "ada"]);
    await vi.waitFor(() => expect(all.store.getState().get("bob")).toMatchObject({ name: "BOB", pictureId: "first" }));
    all.need(["ada", "bob"]);
    expect(asked).toEqual([["ada", "bob"]]);
  });

  it("are asked for anew when somebody wants to know", async () => {
    const all = people();
    all.need(["ada"]);
    await vi.waitFor(() => expect(all.store.getState().get("ada")).toMatchObject({ pictureId: "first" }));
    pictureId = "second";
    all.renew(["ada"]);
    await vi.waitFor(() => expect(all.store.getState().get("ada")).toMatchObject({ pictureId: "second" }));
    expect(asked).toEqual([["ada"], ["ada"]]);
  });

  it("are as they were when the page was left, until they are needed", async () => {
    const all = people();
    all.recall([{ userId: "ada", name: "Ada", pictureId: "old" }]);
    expect(all.store.getState().get("ada")).toMatchObject({ name: "Ada", pictureId: "old" });
    all.need(["ada"]);
    await vi.waitFor(() => expect(all.store.getState().get("ada")).toMatchObject({ name: "ADA", pictureId: "first" }));
  });
});
