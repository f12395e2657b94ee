// Logs people in with nothing but a passkey: fetched when somebody wants to.
import { createClient, type Transport } from "@connectrpc/connect";
import type { Session } from "../../api/session";
import { SessionDelivery } from "../../gen/confab/auth/v1/auth_service_pb";
import { PasskeyService } from "../../gen/confab/auth/v1/passkey_service_pb";
import { askPasskey } from "./browser";

/** Asks whichever passkey there is. Throws what says why that did not let anybody in. */
export async function logInWithPasskey(transport: Transport, session: Session): Promise<void> {
  const passkeys = createClient(PasskeyService, transport);
  const { optionsJson } = await passkeys.beginPasskeyLogIn({});
  const credentialJson = await askPasskey(optionsJson);
  const { user } = await passkeys.finishPasskeyLogIn({ credentialJson, sessionDelivery: SessionDelivery.COOKIE });
  session.entered(user);
}
