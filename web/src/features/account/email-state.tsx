// The address: whether it is proved to be one's own, how to prove it, by a code from a letter, and how to have another.
import { type FormEvent, type ReactElement, useState } from "react";
import { useChat } from "../../chat/use-chat";
import type { User } from "../../gen/confab/auth/v1/user_pb";
import { Button } from "../../ui/button";
import { FormProblem, TextField } from "../../ui/form";
import { Icon } from "../../ui/icons";
import { useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { say } from "../../words/say";
import { EmailChangeDialog } from "./email-change-dialog";

/** The address, and a way to have it confirmed as long as it is not. */
export function EmailState({ user, onChanged }: { readonly user: User; readonly onChanged: () => void }): ReactElement {
  const { api } = useChat();
  const [isSent, setSent] = useState(false);
  const [isChanging, setChanging] = useState(false);
  const { isBusy, problem, run } = useTask();
  const send = () => run(async () => void (await api.auth.requestEmailVerification({}), setSent(true)));
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p className="break-all text-muted">{user.email}</p>
      <p className="flex items-center gap-1.5">
        <Icon name={user.emailVerified ? "check" : "alert"} className="size-4 shrink-0" />
        {say(user.emailVerified ? "email.confirmed" : "email.notConfirmed")}
      </p>
      {!user.emailVerified && (
        <>
          <p className="text-muted">{say(isSent ? "email.sent" : "email.hint")}</p>
          {isSent && <CodeForm onConfirmed={onChanged} />}
          <FormProblem problem={problem} />
        </>
      )}
      <div className="flex flex-wrap gap-2">
        {!user.emailVerified && (
          <Button disabled={isBusy} onClick={() => void send()}>
            {say(isSent ? "email.sendAgain" : "email.send")}
          </Button>
        )}
        <Button onClick={() => setChanging(true)}>{say("email.change")}</Button>
      </div>
      {isChanging && (
        <EmailChangeDialog
          onClose={() => setChanging(false)}
          onChanged={() => {
            setChanging(false);
            onChanged();
          }}
        />
      )}
    </div>
  );
}

function CodeForm({ onConfirmed }: { readonly onConfirmed: () => void }): ReactElement {
  const { api, toasts } = useChat();
  const [code, setCode] = useState("");
  const { isBusy, problem, run } = useTask();
  const confirm = async (event: FormEvent) => {
    event.preventDefault();
    if (code.trim() === "" || isBusy) return;
    await run(async () => {
      await api.auth.verifyEmail({ code: code.trim() });
      toasts.tell(say("email.done"));
      onConfirmed();
    });
  };
  return (
    <form onSubmit={(event) => void confirm(event)} className="flex flex-col gap-2">
      <TextField label={say("email.code")} value={code} onChange={({ target }) => setCode(target.value)} autoComplete="one-time-code" autoCapitalize="none" spellCheck={false} />
      <FormProblem problem={problem} />
      <Button type="submit" look="primary" disabled={isBusy || code.trim() === ""} className="self-start py-1.5!">
        {say("email.confirm")}
      </Button>
    </form>
  );
}
