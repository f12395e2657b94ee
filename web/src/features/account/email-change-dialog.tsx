// Another address: a letter goes to it, and it is one's own with the code from that letter.
import { type FormEvent, type ReactElement, useState } from "react";
import { useChat } from "../../chat/use-chat";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { complaintOn, FormProblem, TextField } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { say } from "../../words/say";

interface EmailChangeDialogProps {
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** First asks for the letter, then for what is in it. */
export function EmailChangeDialog({ onChanged, onClose }: EmailChangeDialogProps): ReactElement {
  const [isSent, setSent] = useState(false);
  return (
    <Dialog title={say("email.change")} onClose={onClose}>
      {isSent ? <CodeForm onChanged={onChanged} onClose={onClose} /> : <LetterForm onSent={() => setSent(true)} onClose={onClose} />}
    </Dialog>
  );
}

function LetterForm({ onSent, onClose }: { readonly onSent: () => void; readonly onClose: () => void }): ReactElement {
  const { api, stepUp } = useChat();
  const [newEmail, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const { isBusy, problem, run } = useTask();
  const isReady = newEmail.trim() !== "" && password !== "";

  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || isBusy) return;
    await run(async () => {
      // Whoever has a second factor shows it beside the password.
      if (await stepUp.run(() => api.auth.requestEmailChange({ newEmail: newEmail.trim(), password }))) onSent();
    });
  };
  return (
    <form noValidate onSubmit={(event) => void send(event)} className="flex flex-col gap-4">
      <p className="text-muted">{say("email.changeHint")}</p>
      <TextField label={say("email.new")} type="email" autoComplete="email" value={newEmail} onChange={({ target }) => setEmail(target.value)} complaint={complaintOn(problem, "new_email")} />
      <TextField label={say("signIn.password")} type="password" autoComplete="current-password" value={password} onChange={({ target }) => setPassword(target.value)} complaint={complaintOn(problem, "password")} />
      <FormProblem problem={problem} shownFields={["new_email", "password"]} />
      <Buttons action={say("reset.send")} isOff={isBusy || !isReady} onClose={onClose} />
    </form>
  );
}

function CodeForm({ onChanged, onClose }: EmailChangeDialogProps): ReactElement {
  const { api, session, toasts } = useChat();
  const [code, setCode] = useState("");
  const { isBusy, problem, run } = useTask();
  const change = async (event: FormEvent) => {
    event.preventDefault();
    if (code.trim() === "" || isBusy) return;
    await run(async () => {
      await api.auth.confirmEmailChange({ code: code.trim() });
      toasts.tell(say("email.changed"));
      // So that the page remembers it, too.
      void session.check();
      onChanged();
    });
  };
  return (
    <form onSubmit={(event) => void change(event)} className="flex flex-col gap-4">
      <p role="status" className="text-muted">
        {say("email.changeSent")}
      </p>
      <TextField label={say("email.code")} autoComplete="one-time-code" autoCapitalize="none" spellCheck={false} autoFocus value={code} onChange={({ target }) => setCode(target.value)} />
      <FormProblem problem={problem} />
      <Buttons action={say("email.changeDo")} isOff={isBusy || code.trim() === ""} onClose={onClose} />
    </form>
  );
}

function Buttons({ action, isOff, onClose }: { readonly action: string; readonly isOff: boolean; readonly onClose: () => void }): ReactElement {
  return (
    <div className="flex justify-end gap-2">
      <Button onClick={onClose} className="px-4! py-2!">
        {say("do.cancel")}
      </Button>
      <Button type="submit" look="primary" disabled={isOff} className="py-2!">
        {action}
      </Button>
    </div>
  );
}
