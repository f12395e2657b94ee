// @vitest-environment node
// The parts of an export become one file, or none.
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { createApi } from "../../api/transport";
import { AuthService } from "../../gen/confab/auth/v1/auth_service_pb";
import { exported } from "./exported";

/** A server that sends `chunks`, and then `failure`, if there is one. */
function serving(chunks: readonly number[][], failure?: ConnectError) {
  return createApi(
    createRouterTransport(({ service }) => {
      service(AuthService, {
        async *exportAccount() {
          for (const chunk of chunks) yield { chunk: new Uint8Array(chunk) };
          if (failure) throw failure;
        },
      });
    }),
  ).auth;
}

describe("an export", () => {
  it("is put together in order, and says how much there is", async () => {
    const counts: number[] = [];
    const file = await exported(serving([[80, 75], [3], [4, 5]]), new AbortController().signal, (count) => counts.push(count));
    expect([...new Uint8Array(await file.arrayBuffer())]).toEqual([80, 75, 3, 4, 5]);
    expect(file.type).toBe("application/zip");
    expect(counts).toEqual([2, 3, 5]);
  });

  it("is nothing if it breaks off", async () => {
    const failure = new ConnectError("broken off", Code.Unavailable);
    await expect(exported(serving([[80, 75]], failure), new AbortController().signal, () => {})).rejects.toThrow("broken off");
  });
});
