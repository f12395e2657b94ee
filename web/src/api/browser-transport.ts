// How the page reaches the server: gRPC-Web on its own origin; and the one
// service that it needs to log in.
import { type Client, Code, ConnectError, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { AuthService } from "../gen/confab/auth/v1/auth_service_pb";
import { readWholeTexts } from "./whole-texts";

/** After this long a unary call is given up; streams have no such end. */
const CALL_TIMEOUT_MS = 20_000;

/** A transport to the server that the page came from; `onUnauthenticated` is as in {@link heeding}, `isShown` as in {@link after}. */
export function createBrowserTransport(onUnauthenticated: () => void, isShown: Promise<void>): Transport {
  readWholeTexts();
  return createGrpcWebTransport({
    baseUrl: location.origin,
    defaultTimeoutMs: CALL_TIMEOUT_MS,
    interceptors: [after(isShown), heeding(onUnauthenticated)],
  });
}

/** Asks nothing before the page is shown: what is kept comes first, and each question takes time from it. */
function after(isShown: Promise<void>): Interceptor {
  return (next) => async (request) => {
    await isShown;
    return next(request);
  };
}

/**
 * Tells `onUnauthenticated` when a call is refused because the server knows nobody here. The session may have
 * ended without this page hearing of it: a log-out is not heard of by a page that is just being loaded.
 */
export function heeding(onUnauthenticated: () => void): Interceptor {
  return (next) => async (request) => {
    try {
      return await next(request);
    } catch (thrown) {
      if (ConnectError.from(thrown).code === Code.Unauthenticated) onUnauthenticated();
      throw thrown;
    }
  };
}

/** For whoever is not signed in yet: the other services come with the page of those who are. */
export function createAuth(transport: Transport): { readonly auth: Client<typeof AuthService> } {
  return { auth: createClient(AuthService, transport) };
}
