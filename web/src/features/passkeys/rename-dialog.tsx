// Calls a passkey something else.
import { type FormEvent, type ReactElement, useState } from "react";
import { useChat } from "../../chat/use-chat";
import { type Passkey, PasskeyService } from "../../gen/confab/auth/v1/passkey_service_pb";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { complaintOn, FormProblem, TextField } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { say } from "../../words/say";

interface RenameDialogProps {
  readonly passkey: Passkey;
  readonly onRenamed: () => void;
  readonly onClose: () => void;
}

/** The form, with what it is called now. */
export function RenameDialog({ passkey, onRenamed, onClose }: RenameDialogProps): ReactElement {
  const { api } = useChat();
  const [name, setName] = useState(passkey.name);
  const { isBusy, problem, run } = useTask();
  const isBlank = name.trim() === "";

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (isBlank || isBusy) return;
    await run(async () => {
      await api.of(PasskeyService).renamePasskey({ passkeyId: passkey.passkeyId, name: name.trim() });
      onRenamed();
    });
  };
  return (
    <Dialog title={say("passkeys.rename")} onClose={onClose}>
      <form onSubmit={(event) => void save(event)} className="flex flex-col gap-4">
        <TextField label={say("passkeys.name")} value={name} onChange={(event) => setName(event.target.value)} complaint={isBlank ? say("form.giveName") : complaintOn(problem, "name")} dir="auto" autoComplete="off" />
        <FormProblem problem={problem} shownFields={["name"]} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose} className="px-4! py-2!">
            {say("do.cancel")}
          </Button>
          <Button type="submit" look="primary" disabled={isBusy || isBlank} className="py-2!">
            {say("do.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
