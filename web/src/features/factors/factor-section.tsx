// Whether the log-in asks for more than the password, and ways to change that.
import { type ReactElement, useCallback, useEffect, useState } from "react";
import { useChat } from "../../chat/use-chat";
import { type BeginTotpResponse, FactorService, type GetFactorsResponse } from "../../gen/confab/auth/v1/factor_service_pb";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { FormProblem } from "../../ui/form";
import { type Task, useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { type PlainPhrase, say } from "../../words/say";
import { RecoveryCodesDialog } from "./recovery-codes-dialog";
import { TotpDialog } from "./totp-dialog";

/** What is open before the settings. */
type Open = { readonly kind: "totp"; readonly begun: BeginTotpResponse } | { readonly kind: "codes"; readonly codes: readonly string[] } | { readonly kind: "turn-off" | "new-codes" };

/** What is asked before what cannot be taken back. */
const SURE: Record<"turn-off" | "new-codes", Record<"title" | "warning" | "action", PlainPhrase>> = {
  "turn-off": { title: "factors.turnOffTitle", warning: "factors.turnOffWarning", action: "factors.turnOff" },
  "new-codes": { title: "factors.newCodes", warning: "factors.newCodesWarning", action: "factors.makeCodes" },
};

/** Shows what the server knows, which another device may have told it. */
export function FactorSection({ passkeyChanges }: { readonly passkeyChanges: number }): ReactElement {
  const { api, stepUp, toasts } = useChat();
  const [factors, setFactors] = useState<GetFactorsResponse>();
  const [open, setOpen] = useState<Open>();
  const loading = useTask();
  const changing = useTask();
  const { run } = loading;
  const load = useCallback(() => run(async () => setFactors(await api.of(FactorService).getFactors({}))), [api, run]);
  useEffect(() => void load(), [load, passkeyChanges]);

  const begin = () =>
    changing.run(async () => {
      const begun = await stepUp.run(() => api.of(FactorService).beginTotp({}));
      if (begun) setOpen({ kind: "totp", begun });
    });
  const turnedOn = (codes: readonly string[]) => {
    setOpen(codes.length > 0 ? { kind: "codes", codes } : undefined);
    toasts.tell(say("factors.turnedOn"));
    void load();
  };
  const turnOff = () =>
    changing.run(async () => {
      if (!(await stepUp.run(() => api.of(FactorService).removeTotp({})))) return;
      setOpen(undefined);
      toasts.tell(say("factors.turnedOff"));
      void load();
    });
  const makeCodes = () =>
    changing.run(async () => {
      const made = await stepUp.run(() => api.of(FactorService).regenerateRecoveryCodes({}));
      if (!made) return;
      setOpen({ kind: "codes", codes: made.recoveryCodes });
      void load();
    });

  if (!factors) return <Unknown task={loading} onRetry={() => void load()} />;
  return (
    <>
      <FactorWords factors={factors} />
      {!open && <FormProblem problem={changing.problem} />}
      <div className="flex flex-wrap gap-2">
        {!factors.totpEnabled && (
          <Button disabled={changing.isBusy} onClick={() => void begin()}>
            {say("factors.setUp")}
          </Button>
        )}
        {areNeeded(factors) && <Button onClick={() => setOpen({ kind: "new-codes" })}>{say("factors.newCodes")}</Button>}
        {factors.totpEnabled && <Button onClick={() => setOpen({ kind: "turn-off" })}>{say("factors.turnOff")}</Button>}
      </div>
      {open?.kind === "totp" && <TotpDialog begun={open.begun} onDone={turnedOn} onClose={() => setOpen(undefined)} />}
      {open?.kind === "codes" && <RecoveryCodesDialog codes={open.codes} onKept={() => setOpen(undefined)} />}
      {(open?.kind === "turn-off" || open?.kind === "new-codes") && <Sure what={open.kind} hasPasskey={factors.passkeyCount > 0} task={changing} onConfirm={() => void (open.kind === "turn-off" ? turnOff() : makeCodes())} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function Unknown({ task: { problem }, onRetry }: { readonly task: Task; readonly onRetry: () => void }): ReactElement {
  if (!problem) return <div role="status" aria-label={say("factors.loading")} className="skeleton h-16" />;
  return (
    <>
      <FormProblem problem={problem} />
      <Button onClick={onRetry} className="self-start">
        {say("do.tryAgain")}
      </Button>
    </>
  );
}

/** Whether the log-in asks for more than the password. */
function areNeeded({ totpEnabled, passkeyCount }: GetFactorsResponse): boolean {
  return totpEnabled || passkeyCount > 0;
}

function FactorWords({ factors }: { readonly factors: GetFactorsResponse }): ReactElement {
  const { totpEnabled, passkeyCount, recoveryCodeCount } = factors;
  if (!areNeeded(factors)) return <p className="text-sm text-muted">{say("factors.off")}</p>;
  return (
    <div className="text-sm">
      <p>{say(passkeyCount === 0 ? "factors.on" : totpEnabled ? "factors.onWithPasskeys" : "factors.onByPasskeys")}</p>
      <p className="text-muted">{recoveryCodeCount > 0 ? say("factors.codesLeft", { count: recoveryCodeCount }) : say("factors.noCodes")}</p>
    </div>
  );
}

interface SureProps {
  readonly what: keyof typeof SURE;
  /** Then there still is a second factor without the app. */
  readonly hasPasskey: boolean;
  readonly task: Task;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

function Sure({ what, hasPasskey, task: { isBusy, problem }, onConfirm, onClose }: SureProps): ReactElement {
  const { title, warning, action } = SURE[what];
  return (
    <Confirm title={say(title)} action={say(action)} isBusy={isBusy} problem={problem} onConfirm={onConfirm} onClose={onClose}>
      {say(what === "turn-off" && hasPasskey ? "factors.turnOffKeeping" : warning)}
    </Confirm>
  );
}
