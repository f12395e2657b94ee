// The ways in beside the form: a passkey, and who one is elsewhere.
import type { Transport } from "@connectrpc/connect";
import { type ReactElement, type ReactNode, useEffect, useState } from "react";
import type { Session } from "../../api/session";
import { painted } from "../../app/painted";
import type { SecondFactorChallenge } from "../../gen/confab/auth/v1/factor_pb";
import type { Provider } from "../../gen/confab/auth/v1/identity_service_pb";
import { Button } from "../../ui/button";
import { Icon, type IconName } from "../../ui/icons";
import { Say, say } from "../../words/say";
import { knowsPasskeys } from "../passkeys/support";
import { PASSKEY } from "./methods";
import type { SignIn } from "./use-sign-in";

interface OtherWaysProps {
  readonly transport: Transport;
  readonly session: Session;
  readonly signIn: SignIn;
  /** Whoever has no account yet has no passkey either. */
  readonly purpose: "log-in" | "sign-up";
}

/** What this browser can do, and what the server offers. */
export function OtherWays({ transport, session, signIn, purpose }: OtherWaysProps): ReactElement | null {
  const providers = useProviders(transport);
  const hasPasskey = purpose === "log-in" && knowsPasskeys();
  const withPasskey = () =>
    signIn.enter(async () => {
      const { logInWithPasskey } = await import("../passkeys/passkey-log-in");
      await logInWithPasskey(transport, session);
      return undefined;
    });
  const withProvider = (provider: Provider) =>
    signIn.enter(async () => {
      const { leaveToLogIn } = await import("../providers/provider-calls");
      await leaveToLogIn(transport, provider);
      return undefined;
    });
  if (!hasPasskey && providers.length === 0) return null;
  return (
    <div className="mt-4 flex flex-col gap-3">
      <Divider />
      {hasPasskey && (
        <Way icon="key" signIn={signIn} onChoose={() => void withPasskey()}>
          {say("signIn.passkey")}
        </Way>
      )}
      {providers.map((provider) => (
        <Way key={provider.providerId} icon="door" signIn={signIn} onChoose={() => void withProvider(provider)}>
          <Say phrase={purpose === "log-in" ? "signIn.provider" : "signIn.providerSignUp"} name={<bdi>{provider.name}</bdi>} />
        </Way>
      ))}
    </div>
  );
}

interface PasskeyStepProps {
  readonly session: Session;
  readonly signIn: SignIn;
  readonly step: SecondFactorChallenge;
  /** Whether a code does, too. */
  readonly takesCode: boolean;
}

/** A passkey beside what was shown already, if there is one. */
export function PasskeyStep({ session, signIn, step, takesCode }: PasskeyStepProps): ReactElement | null {
  if (!step.methods.includes(PASSKEY)) return null;
  if (!knowsPasskeys()) return takesCode ? null : <p className="text-sm">{say("signIn.passkeyMissing")}</p>;
  const show = () =>
    signIn.enter(async () => {
      const { askPasskey } = await import("../passkeys/browser");
      await session.finishLogIn(step.challenge, { case: "passkeyJson", value: await askPasskey(step.passkeyOptionsJson) });
      return undefined;
    });
  return (
    <div className="mt-4 flex flex-col gap-3">
      {takesCode && <Divider />}
      <Way icon="key" signIn={signIn} onChoose={() => void show()} isFirst={!takesCode}>
        {say("passkey.use")}
      </Way>
    </div>
  );
}

/** Asks the server once; while it is not known, nothing is offered. */
function useProviders(transport: Transport): readonly Provider[] {
  const [providers, setProviders] = useState<readonly Provider[]>([]);
  useEffect(() => {
    let isShown = true;
    void painted()
      .then(() => import("../providers/provider-calls"))
      .then(({ listProviders }) => listProviders(transport))
      .then((found) => isShown && setProviders(found))
      // The form is still there; if the server is down, it says so.
      .catch(() => {});
    return () => {
      isShown = false;
    };
  }, [transport]);
  return providers;
}

function Divider(): ReactElement {
  return (
    <p className="flex items-center gap-3 text-xs text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
      {say("signIn.or")}
    </p>
  );
}

interface WayProps {
  readonly icon: IconName;
  readonly signIn: SignIn;
  readonly onChoose: () => void;
  readonly isFirst?: boolean;
  readonly children: ReactNode;
}

function Way({ icon, signIn: { isBusy }, onChoose, isFirst = false, children }: WayProps): ReactElement {
  return (
    <Button disabled={isBusy} autoFocus={isFirst} onClick={onChoose} className="flex items-center justify-center gap-2.5 py-2.5! disabled:opacity-60">
      <Icon name={icon} className="size-4.5 text-muted" />
      <span className="min-w-0 break-words">{children}</span>
    </Button>
  );
}
