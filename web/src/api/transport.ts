// Every service of the contract, for whoever is signed in. Nothing else in the
// client makes a request.
import type { DescService } from "@bufbuild/protobuf";
import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { AuthService } from "../gen/confab/auth/v1/auth_service_pb";
import { UserService } from "../gen/confab/auth/v1/user_service_pb";
import { ConversationService } from "../gen/confab/message/v1/conversation_service_pb";
import { LiveService } from "../gen/confab/message/v1/live_service_pb";
import { MessageService } from "../gen/confab/message/v1/message_service_pb";
import type { PushService } from "../gen/confab/message/v1/push_service_pb";

/** Every service of the contract that the client uses. */
export interface Api {
  /** A service that few pages need: whoever does brings its contract along. */
  readonly of: <Service extends DescService>(service: Service) => Client<Service>;
  readonly auth: Client<typeof AuthService>;
  readonly users: Client<typeof UserService>;
  readonly conversations: Client<typeof ConversationService>;
  readonly messages: Client<typeof MessageService>;
  readonly live: Client<typeof LiveService>;
  /** Fetched by the few who need it. */
  readonly push: () => Promise<Client<typeof PushService>>;
}

/** The services behind `transport`; tests pass one that answers by itself. */
export function createApi(transport: Transport): Api {
  return {
    of: (service) => createClient(service, transport),
    auth: createClient(AuthService, transport),
    users: createClient(UserService, transport),
    conversations: createClient(ConversationService, transport),
    messages: createClient(MessageService, transport),
    live: createClient(LiveService, transport),
    push: async () => createClient((await import("../gen/confab/message/v1/push_service_pb")).PushService, transport),
  };
}
