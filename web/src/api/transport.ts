// How the page reaches the server: gRPC-Web on its own origin. Nothing else in
// the client makes a request.
import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { AuthService } from "../gen/confab/auth/v1/auth_service_pb";
import { UserService } from "../gen/confab/auth/v1/user_service_pb";
import { ConversationService } from "../gen/confab/message/v1/conversation_service_pb";
import { LiveService } from "../gen/confab/message/v1/live_service_pb";
import { MessageService } from "../gen/confab/message/v1/message_service_pb";

/** After this long a unary call is given up; streams have no such end. */
const CALL_TIMEOUT_MS = 20_000;

/** Every service of the contract that the client uses. */
export interface Api {
  readonly auth: Client<typeof AuthService>;
  readonly users: Client<typeof UserService>;
  readonly conversations: Client<typeof ConversationService>;
  readonly messages: Client<typeof MessageService>;
  readonly live: Client<typeof LiveService>;
}

/** The services behind `transport`; tests pass one that answers by itself. */
export function createApi(transport: Transport): Api {
  return {
    auth: createClient(AuthService, transport),
    users: createClient(UserService, transport),
    conversations: createClient(ConversationService, transport),
    messages: createClient(MessageService, transport),
    live: createClient(LiveService, transport),
  };
}

/** A transport to the server that the page came from. */
export function createBrowserTransport(): Transport {
  return createGrpcWebTransport({
    baseUrl: location.origin,
    defaultTimeoutMs: CALL_TIMEOUT_MS,
  });
}
