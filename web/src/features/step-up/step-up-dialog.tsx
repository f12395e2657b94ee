// Asks for the password or a code once more.
import { type FormEvent, type ReactElement, useState } from "react";
import { proofOf } from "../../api/proof";
import { useChat } from "../../chat/use-chat";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { FormProblem, TextField } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import { say } from "../../words/say";
import type { Question } from "./step-up";

/** What is wrong with what was typed, not with the call. */
const WRONG = new Set(["WRONG_CODE", "WRONG_PASSWORD"]);

/** Comes before everything else; whoever closes it does not do what needed it. */
export default function StepUpDialog({ question: { methods, answer } }: { readonly question: Question }): ReactElement {
  const { api } = useChat();
  const [typed, setTyped] = useState("");
  const { isBusy, problem, run } = useTask();
  // Another device may have set up a second factor since the question was asked.
  const needsPassword = (problem?.reason === "STEP_UP_NEEDED" ? problem.methods : methods).includes("password");
  const isWrong = problem !== undefined && WRONG.has(problem.reason);

  const confirm = async (event: FormEvent) => {
    event.preventDefault();
    if (typed === "" || isBusy) return;
    const proof = needsPassword ? { case: "password" as const, value: typed } : proofOf(typed);
    if (await run(() => api.factors.confirmIdentity({ proof }))) answer(true);
    else setTyped("");
  };
  return (
    <Dialog title={say("stepUp.title")} onClose={() => answer(false)}>
      <form onSubmit={(event) => void confirm(event)} className="flex flex-col gap-4">
        <p className="text-muted">{say(needsPassword ? "stepUp.password" : "stepUp.code")}</p>
        <TextField
          label={say(needsPassword ? "signIn.password" : "signIn.code")}
          type={needsPassword ? "password" : "text"}
          autoComplete={needsPassword ? "current-password" : "one-time-code"}
          autoCapitalize="none"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          complaint={isWrong ? say(needsPassword ? "stepUp.wrongPassword" : "signIn.wrongCode") : undefined}
        />
        {!isWrong && problem?.reason !== "STEP_UP_NEEDED" && <FormProblem problem={problem} />}
        <div className="flex justify-end gap-2">
          <Button onClick={() => answer(false)} className="px-4! py-2!">
            {say("do.cancel")}
          </Button>
          <Button type="submit" look="primary" disabled={isBusy || typed === ""} className="py-2!">
            {say("stepUp.do")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
