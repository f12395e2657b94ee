// Brings an authenticator app together with the account.
import { type FormEvent, type ReactElement, useState } from "react";
import { useChat } from "../../chat/use-chat";
import { type BeginTotpResponse, FactorService } from "../../gen/confab/auth/v1/factor_service_pb";
import { Button } from "../../ui/button";
import { CopyButton } from "../../ui/copy-button";
import { Dialog } from "../../ui/dialog";
import { FormProblem, TextField } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { say } from "../../words/say";

interface TotpDialogProps {
  readonly begun: BeginTotpResponse;
  /** With the codes to write down, if there are new ones. */
  readonly onDone: (codes: readonly string[]) => void;
  readonly onClose: () => void;
}

/** Shows the secret in both ways, and asks for the first code that comes of it. */
export function TotpDialog({ begun, onDone, onClose }: TotpDialogProps): ReactElement {
  const { api } = useChat();
  const [code, setCode] = useState("");
  const { isBusy, problem, run } = useTask();
  const isWrong = problem?.reason === "WRONG_CODE";

  const confirm = async (event: FormEvent) => {
    event.preventDefault();
    if (code.trim() === "" || isBusy) return;
    await run(async () => onDone((await api.of(FactorService).confirmTotp({ code })).recoveryCodes));
  };
  return (
    <Dialog title={say("factors.setUp")} onClose={onClose}>
      <form onSubmit={(event) => void confirm(event)} className="-mx-1 flex min-h-0 flex-col gap-3 overflow-y-auto px-1 pb-1">
        <p className="text-muted">{say("factors.scan")}</p>
        <QrCode begun={begun} />
        {/* For whoever reads this on the phone that has the app. */}
        <a href={begun.uri} className="self-center text-center text-sm text-accent underline underline-offset-2">
          {say("factors.openApp")}
        </a>
        <p className="text-sm text-muted">{say("factors.byHand")}</p>
        <div className="flex flex-wrap items-center gap-2">
          <code data-testid="secret" className="text-sm break-all select-all">
            {inFours(begun.secret)}
          </code>
          <CopyButton label={say("factors.copySecret")} text={begun.secret} className="text-sm" />
        </div>
        <TextField
          label={say("signIn.code")}
          inputMode="numeric"
          autoComplete="one-time-code"
          value={code}
          onChange={(event) => setCode(event.target.value)}
          complaint={isWrong ? say("signIn.wrongCode") : undefined}
        />
        {!isWrong && <FormProblem problem={problem} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose} className="px-4! py-2!">
            {say("do.cancel")}
          </Button>
          <Button type="submit" look="primary" disabled={isBusy || code.trim() === ""} className="py-2!">
            {say("factors.confirm")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Dark on light, whatever the appearance: cameras want it so. */
function QrCode({ begun: { qrSize, qrPath } }: { readonly begun: BeginTotpResponse }): ReactElement {
  return (
    <svg role="img" aria-label={say("factors.qr")} viewBox={`0 0 ${qrSize} ${qrSize}`} shapeRendering="crispEdges" className="size-48 shrink-0 self-center rounded-lg bg-white">
      <path d={qrPath} fill="#000" />
    </svg>
  );
}

/** As people read it out and type it; apps do not mind the spaces. */
function inFours(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(" ") ?? "";
}
