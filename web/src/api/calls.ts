// What it takes to call the server, and to remember who is signed in: all that has to know the contract. Fetched
// beside the page, because the log-in is drawn without.
import type { Client, Transport } from "@connectrpc/connect";
import type { AuthService } from "../gen/confab/auth/v1/auth_service_pb";
import { createAuth, createBrowserTransport } from "./browser-transport";
import { rememberedIn } from "./remembered";
import type { Remembered } from "./remembers";

/** Ways to the server, and a memory. */
export interface Calls {
  readonly transport: Transport;
  readonly auth: Client<typeof AuthService>;
  readonly remembered: Remembered;
}

/** Those of a browser; `onUnauthenticated` is told when the server knows nobody here, and nothing is asked before `isShown`. */
export function createCalls(onUnauthenticated: () => void, isShown: Promise<void>): Calls {
  const transport = createBrowserTransport(onUnauthenticated, isShown);
  return { transport, ...createAuth(transport), remembered: rememberedIn(() => localStorage) };
}
