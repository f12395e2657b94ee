// How the page reaches the server: gRPC-Web on its own origin; and the one
// service that it needs to log in.
import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { AuthService } from "../gen/confab/auth/v1/auth_service_pb";

/** After this long a unary call is given up; streams have no such end. */
const CALL_TIMEOUT_MS = 20_000;

/** A transport to the server that the page came from. */
export function createBrowserTransport(): Transport {
  return createGrpcWebTransport({
    baseUrl: location.origin,
    defaultTimeoutMs: CALL_TIMEOUT_MS,
  });
}

/** For whoever is not signed in yet: the other services come with the page of those who are. */
export function createAuth(transport: Transport): { readonly auth: Client<typeof AuthService> } {
  return { auth: createClient(AuthService, transport) };
}
