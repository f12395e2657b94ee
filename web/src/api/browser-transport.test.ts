// @vitest-environment node
// A page hears of it when the server knows nobody any more.
import { Code, ConnectError, createClient, createRouterTransport } from "@connectrpc/connect";
import { expect, it, vi } from "vitest";
import { AuthService } from "../gen/confab/auth/v1/auth_service_pb";
import { heeding } from "./browser-transport";

/** A server that refuses every call with `code`, and who hears of it. */
function refusing(code: Code) {
  const heard = vi.fn();
  const transport = createRouterTransport(
    ({ service }) =>
      service(AuthService, {
        getMe: () => {
          throw new ConnectError("no", code);
        },
      }),
    { transport: { interceptors: [heeding(heard)] } },
  );
  return { heard, auth: createClient(AuthService, transport) };
}

it("tells of a call that was refused because nobody is signed in, and lets it fail", async () => {
  const { heard, auth } = refusing(Code.Unauthenticated);
  await expect(auth.getMe({})).rejects.toThrow("no");
  expect(heard).toHaveBeenCalledTimes(1);
});

it("tells of no call that failed otherwise", async () => {
  const { heard, auth } = refusing(Code.Unavailable);
  await expect(auth.getMe({})).rejects.toThrow("no");
  expect(heard).not.toHaveBeenCalled();
});
