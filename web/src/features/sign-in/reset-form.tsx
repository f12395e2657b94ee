// For whoever has forgotten the password: a letter with a code, and a new password with the code.
import { type FormEvent, type ReactElement, useState } from "react";
import type { Session } from "../../api/session";
import { Button } from "../../ui/button";
import { complaintOn, FormProblem, TextField } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { say } from "../../words/say";

interface ResetFormProps {
  readonly session: Session;
  /** As it was typed at the log-in. */
  readonly email: string;
  /** Leads back to the log-in; says whether there is a new password. */
  readonly onClose: (isDone: boolean) => void;
}

/** First asks for the letter, then for what is in it. */
export default function ResetForm({ session, email: typed, onClose }: ResetFormProps): ReactElement {
  const [email, setEmail] = useState(typed);
  /** What is known of the letter. */
  const [letter, setLetter] = useState<"wanted" | "sent" | "there">("wanted");
  return (
    <>
      {letter === "wanted" ? (
        <LetterForm session={session} email={email} onChange={setEmail} onSent={() => setLetter("sent")} onHaveCode={() => setLetter("there")} />
      ) : (
        <NewPasswordForm session={session} isSent={letter === "sent"} onDone={() => onClose(true)} onAgain={() => setLetter("wanted")} />
      )}
      <p className="mt-4 text-center text-sm">
        <Button look="link" onClick={() => onClose(false)}>
          {say("reset.back")}
        </Button>
      </p>
    </>
  );
}

interface LetterFormProps {
  readonly session: Session;
  readonly email: string;
  readonly onChange: (email: string) => void;
  readonly onSent: () => void;
  readonly onHaveCode: () => void;
}

function LetterForm({ session, email, onChange, onSent, onHaveCode }: LetterFormProps): ReactElement {
  const { isBusy, problem, run } = useTask();
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (email.trim() === "" || isBusy) return;
    if (await run(() => session.requestPasswordReset(email.trim()))) onSent();
  };
  return (
    <form noValidate onSubmit={(event) => void send(event)} className="flex flex-col gap-4">
      <p className="text-sm text-muted">{say("reset.hint")}</p>
      <TextField label={say("signIn.email")} type="email" autoComplete="username" autoFocus value={email} onChange={({ target }) => onChange(target.value)} complaint={complaintOn(problem, "email")} />
      <FormProblem problem={problem} shownFields={["email"]} />
      <Button type="submit" look="primary" disabled={isBusy || email.trim() === ""}>
        {say("reset.send")}
      </Button>
      <Button look="link" onClick={onHaveCode} className="self-center text-sm">
        {say("reset.haveCode")}
      </Button>
    </form>
  );
}

interface NewPasswordFormProps {
  readonly session: Session;
  /** The code, if whoever is here has come by the link with it. */
  readonly code?: string;
  readonly isSent: boolean;
  readonly onDone: () => void;
  /** Leads to another letter, if that is to be had here. */
  readonly onAgain?: () => void;
}

/** Asks for the code and another password. */
export function NewPasswordForm({ session, code: given = "", isSent, onDone, onAgain }: NewPasswordFormProps): ReactElement {
  const [code, setCode] = useState(given);
  const [password, setPassword] = useState("");
  const { isBusy, problem, run } = useTask();
  const isReady = code.trim() !== "" && password !== "";

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || isBusy) return;
    if (await run(() => session.resetPassword(code.trim(), password))) onDone();
  };
  return (
    <form noValidate onSubmit={(event) => void save(event)} className="flex flex-col gap-4">
      {isSent && (
        <p role="status" className="text-sm text-muted">
          {say("reset.sent")}
        </p>
      )}
      <TextField label={say("email.code")} autoComplete="one-time-code" autoCapitalize="none" spellCheck={false} autoFocus={given === ""} value={code} onChange={({ target }) => setCode(target.value)} />
      <TextField label={say("password.new")} type="password" autoComplete="new-password" autoFocus={given !== ""} value={password} onChange={({ target }) => setPassword(target.value)} complaint={complaintOn(problem, "new_password")} />
      <p className="text-sm text-muted">{say("password.hint")}</p>
      <FormProblem problem={problem} shownFields={["new_password"]} />
      <Button type="submit" look="primary" disabled={isBusy || !isReady}>
        {say("reset.do")}
      </Button>
      {onAgain && (
        <Button look="link" onClick={onAgain} className="self-center text-sm">
          {say("reset.again")}
        </Button>
      )}
    </form>
  );
}
