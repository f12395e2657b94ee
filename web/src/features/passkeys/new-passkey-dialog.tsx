// Adds a passkey: asks what to call it, and has the browser make it.
import { type FormEvent, type ReactElement, useState } from "react";
import { useChat } from "../../chat/use-chat";
import { PasskeyService } from "../../gen/confab/auth/v1/passkey_service_pb";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { complaintOn, FormProblem, TextField } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { say } from "../../words/say";
import { deviceWords } from "../settings/device-words";
import { createPasskey } from "./browser";

interface NewPasskeyDialogProps {
  /** With the codes to write down, if there are new ones. */
  readonly onAdded: (codes: readonly string[]) => void;
  readonly onClose: () => void;
}

/** Most call it as the device is called that they sit at. */
export function NewPasskeyDialog({ onAdded, onClose }: NewPasskeyDialogProps): ReactElement {
  const { api, stepUp } = useChat();
  const [name, setName] = useState(() => deviceWords(navigator.userAgent));
  const { isBusy, problem, run } = useTask();

  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    await run(async () => {
      const passkeys = api.of(PasskeyService);
      const asked = await stepUp.run(() => passkeys.beginPasskeyRegistration({}));
      if (!asked) return;
      const credentialJson = await createPasskey(asked.optionsJson);
      onAdded((await passkeys.finishPasskeyRegistration({ credentialJson, name: name.trim() })).recoveryCodes);
    });
  };
  return (
    <Dialog title={say("passkeys.add")} onClose={onClose}>
      <form onSubmit={(event) => void add(event)} className="flex flex-col gap-4">
        <p className="text-muted">{say("passkeys.addHint")}</p>
        <TextField label={say("passkeys.name")} value={name} onChange={(event) => setName(event.target.value)} complaint={complaintOn(problem, "name")} dir="auto" autoComplete="off" />
        <FormProblem problem={problem} shownFields={["name"]} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose} className="px-4! py-2!">
            {say("do.cancel")}
          </Button>
          <Button type="submit" look="primary" disabled={isBusy} className="py-2!">
            {say("stepUp.do")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
