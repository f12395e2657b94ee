// Logs people in with who they are elsewhere: fetched beside the page to log in.
import { createClient, type Transport } from "@connectrpc/connect";
import { refusal } from "../../api/problem";
import type { Session } from "../../api/session";
import { SessionDelivery } from "../../gen/confab/auth/v1/auth_service_pb";
import type { SecondFactorChallenge } from "../../gen/confab/auth/v1/factor_pb";
import { IdentityService, type Provider } from "../../gen/confab/auth/v1/identity_service_pb";
import { say } from "../../words/say";
import { type Attempt, keepAttempt, type Return } from "./attempt";

/** With whom people can log in here. Throws what the call throws. */
export async function listProviders(transport: Transport): Promise<readonly Provider[]> {
  return (await createClient(IdentityService, transport).listProviders({})).providers;
}

/** Sends somebody to a provider to log in. Throws what the call throws. */
export async function leaveToLogIn(transport: Transport, { providerId, name }: Provider): Promise<void> {
  const { authorizationUrl, binding } = await createClient(IdentityService, transport).startProviderLogIn({ providerId });
  leave(authorizationUrl, { purpose: "log-in", name, binding });
}

/** Goes to a provider. Throws if nobody could come back from there. */
export function leave(url: string, attempt: Attempt): void {
  if (!keepAttempt(sessionStorage, attempt)) throw refusal(say("providers.notKept"));
  location.assign(url);
}

/**
 * Lets somebody in who has come back, or returns what is to be answered first by whoever has a second factor.
 * Throws what says why they are not let in.
 */
export async function finishLogIn(transport: Transport, session: Session, back: Return): Promise<SecondFactorChallenge | undefined> {
  requireCode(back);
  const { state, code, binding } = back;
  const { user, secondFactor } = await createClient(IdentityService, transport).finishProviderLogIn({ state, code, binding, sessionDelivery: SessionDelivery.COOKIE });
  if (secondFactor) return secondFactor;
  session.entered(user);
  return undefined;
}

/** Throws what says why a provider has sent somebody back with nothing. */
export function requireCode({ name, code, error }: Return): void {
  if (code !== "") return;
  // Of another tab: who it was is not known here.
  if (name === "") throw refusal(say("providers.unknown"));
  throw refusal(say(error === "access_denied" ? "providers.declined" : "providers.refused", { name }));
}
