// Another password; the other devices are logged out then.
import { type FormEvent, type ReactElement, useState } from "react";
import { useChat } from "../../chat/use-chat";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { complaintOn, FormProblem, TextField } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { say } from "../../words/say";

/** A button; the form is behind it. */
export function PasswordSection(): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)} className="self-start">
        {say("password.change")}
      </Button>
      {isOpen && <PasswordDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function PasswordDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { api, toasts } = useChat();
  const [oldPassword, setOld] = useState("");
  const [newPassword, setNew] = useState("");
  const { isBusy, problem, run } = useTask();

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (oldPassword === "" || newPassword === "" || isBusy) return;
    await run(async () => {
      await api.auth.changePassword({ oldPassword, newPassword });
      toasts.tell(say("password.done"));
      onClose();
    });
  };
  return (
    <Dialog title={say("password.change")} onClose={onClose}>
      <form onSubmit={(event) => void save(event)} className="flex flex-col gap-4">
        <TextField label={say("password.now")} type="password" autoComplete="current-password" value={oldPassword} onChange={(event) => setOld(event.target.value)} complaint={complaintOn(problem, "old_password")} />
        <TextField label={say("password.new")} type="password" autoComplete="new-password" value={newPassword} onChange={(event) => setNew(event.target.value)} complaint={complaintOn(problem, "new_password")} />
        <p className="text-sm text-muted">{say("password.hint")}</p>
        <FormProblem problem={problem} shownFields={["old_password", "new_password"]} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose} className="px-4! py-2!">
            {say("do.cancel")}
          </Button>
          <Button type="submit" look="primary" disabled={isBusy || oldPassword === "" || newPassword === ""} className="py-2!">
            {say("password.do")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
