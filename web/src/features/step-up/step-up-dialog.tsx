// Asks for the password, a code or a passkey once more.
import { type FormEvent, type ReactElement, useState } from "react";
import { proofOf } from "../../api/proof";
import { useChat } from "../../chat/use-chat";
import { FactorService } from "../../gen/confab/auth/v1/factor_service_pb";
import { PasskeyService } from "../../gen/confab/auth/v1/passkey_service_pb";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { FormProblem, TextField } from "../../ui/form";
import { type Task, useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { type PlainPhrase, say } from "../../words/say";
import { askPasskey } from "../passkeys/browser";
import { knowsPasskeys } from "../passkeys/support";
import type { Question } from "./step-up";

/** What is wrong with what was typed, not with the call. */
const WRONG = new Set(["WRONG_CODE", "WRONG_PASSWORD"]);

/** Comes before everything else; whoever closes it does not do what needed it. */
export default function StepUpDialog({ question: { methods, answer } }: { readonly question: Question }): ReactElement {
  const { api } = useChat();
  const task = useTask();
  const { isBusy, problem, run } = task;
  // Another device may have set up a second factor since the question was asked.
  const ways = waysOf(problem?.reason === "STEP_UP_NEEDED" ? problem.methods : methods);
  const isWrong = problem !== undefined && WRONG.has(problem.reason);

  const sign = async () => {
    const isProved = await run(async () => {
      const { optionsJson } = await api.of(PasskeyService).beginPasskeyConfirmation({});
      const value = await askPasskey(optionsJson);
      await api.of(FactorService).confirmIdentity({ proof: { case: "passkeyJson", value } });
    });
    if (isProved) answer(true);
  };
  return (
    <Dialog title={say("stepUp.title")} onClose={() => answer(false)}>
      <p className="text-muted">{say(questionOf(ways))}</p>
      {ways.passkey && (
        <Button look={ways.typed ? "plain" : "primary"} autoFocus disabled={isBusy} onClick={() => void sign()} className="py-2!">
          {say("passkey.use")}
        </Button>
      )}
      {ways.typed && <TypedForm what={ways.typed} task={task} onProved={() => answer(true)} />}
      {!isWrong && problem?.reason !== "STEP_UP_NEEDED" && <FormProblem problem={problem} />}
      <div className="flex justify-end gap-2">
        <Button onClick={() => answer(false)} className="px-4! py-2!">
          {say("do.cancel")}
        </Button>
        {ways.typed && (
          <Button type="submit" form={FORM} look="primary" disabled={isBusy} className="py-2!">
            {say("stepUp.do")}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

/** The button stands below what went wrong, outside of the form. */
const FORM = "step-up";

/** What one can do here to prove who one is. */
interface Ways {
  /** With a passkey, which this browser knows how to ask. */
  readonly passkey: boolean;
  readonly typed: "password" | "code" | undefined;
}

function waysOf(methods: readonly string[]): Ways {
  const typed = methods.includes("password") ? "password" : methods.includes("totp") || methods.includes("recovery_code") ? "code" : undefined;
  return { passkey: methods.includes("passkey") && knowsPasskeys(), typed };
}

function questionOf({ passkey, typed }: Ways): PlainPhrase {
  if (typed === "password") return "stepUp.password";
  if (passkey) return typed ? "stepUp.passkeyOrCode" : "stepUp.passkey";
  return typed ? "stepUp.code" : "stepUp.passkeyMissing";
}

interface TypedFormProps {
  readonly what: "password" | "code";
  readonly task: Task;
  readonly onProved: () => void;
}

function TypedForm({ what, task: { isBusy, problem, run }, onProved }: TypedFormProps): ReactElement {
  const { api } = useChat();
  const [typed, setTyped] = useState("");
  const isPassword = what === "password";
  const isWrong = problem !== undefined && WRONG.has(problem.reason);

  const confirm = async (event: FormEvent) => {
    event.preventDefault();
    if (typed === "" || isBusy) return;
    const proof = isPassword ? { case: "password" as const, value: typed } : proofOf(typed);
    if (await run(() => api.of(FactorService).confirmIdentity({ proof }))) onProved();
    else setTyped("");
  };
  return (
    <form id={FORM} onSubmit={(event) => void confirm(event)}>
      <TextField
        label={say(isPassword ? "signIn.password" : "signIn.code")}
        type={isPassword ? "password" : "text"}
        autoComplete={isPassword ? "current-password" : "one-time-code"}
        autoCapitalize="none"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        complaint={isWrong ? say(isPassword ? "stepUp.wrongPassword" : "signIn.wrongCode") : undefined}
      />
    </form>
  );
}
