// For whoever comes by the link in a letter: one button or one field away from what it is for. Nothing is done before
// that, for programs open links too.
import { type FormEvent, type ReactElement, useState } from "react";
import type { Session } from "../../api/session";
import { Button } from "../../ui/button";
import { FormProblem } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { type PlainPhrase, say } from "../../words/say";
import { NewPasswordForm } from "../sign-in/reset-form";
import { Frame } from "../sign-in/sign-in-page";
import type { DeedLetter } from "./letter";

const PHRASES: Record<DeedLetter["purpose"], Record<"title" | "hint" | "done", PlainPhrase>> = {
  "verify-email": { title: "letter.verify", hint: "letter.verifyHint", done: "email.done" },
  "reset-password": { title: "reset.title", hint: "reset.title", done: "reset.done" },
  "change-email": { title: "letter.change", hint: "letter.changeHint", done: "letter.changed" },
};

interface LetterPageProps {
  readonly letter: DeedLetter;
  readonly session: Session;
  /** Leads to where one would be without the letter. */
  readonly onClose: () => void;
}

/** Does what the letter is for, and says so. */
export default function LetterPage({ letter: { purpose, code }, session, onClose }: LetterPageProps): ReactElement {
  const [isDone, setDone] = useState(false);
  const phrases = PHRASES[purpose];
  const goOn = () => {
    // Another password has ended all sessions, this one too.
    if (purpose === "reset-password") void session.check();
    onClose();
  };
  return (
    <Frame title={say(phrases.title)}>
      {isDone ? (
        <div className="flex flex-col gap-4">
          <p role="status">{say(phrases.done)}</p>
          <Button look="primary" autoFocus onClick={goOn}>
            {say("letter.goOn")}
          </Button>
        </div>
      ) : (
        <>
          {purpose === "reset-password" ? (
            <NewPasswordForm session={session} code={code} isSent={false} onDone={() => setDone(true)} />
          ) : (
            <ConfirmForm hint={phrases.hint} confirm={() => (purpose === "verify-email" ? session.verifyEmail(code) : session.confirmEmailChange(code))} onDone={() => setDone(true)} />
          )}
          <p className="mt-4 text-center text-sm">
            <Button look="link" onClick={onClose}>
              {say("letter.notNow")}
            </Button>
          </p>
        </>
      )}
    </Frame>
  );
}

function ConfirmForm({ hint, confirm, onDone }: { readonly hint: PlainPhrase; readonly confirm: () => Promise<void>; readonly onDone: () => void }): ReactElement {
  const { isBusy, problem, run } = useTask();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isBusy && (await run(confirm))) onDone();
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <p className="text-sm text-muted">{say(hint)}</p>
      <FormProblem problem={problem} />
      <Button type="submit" look="primary" autoFocus disabled={isBusy}>
        {say("email.confirm")}
      </Button>
    </form>
  );
}
