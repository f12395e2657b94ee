// The account as a whole: to take along, or to end.
import { type FormEvent, type ReactElement, useEffect, useRef, useState } from "react";
import { useChat } from "../../chat/use-chat";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { download } from "../../ui/download";
import { FormProblem, TextField } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { say } from "../../words/say";
import { spoken } from "../../words/spoken";
import { exported } from "./exported";
import { useAccount } from "./use-account";

/** Two buttons, each with what it means. */
export function AccountSection(): ReactElement {
  const [isDeleting, setDeleting] = useState(false);
  return (
    <>
      <ExportButton />
      <Button onClick={() => setDeleting(true)} className="self-start text-danger!">
        {say("account.delete")}
      </Button>
      {isDeleting && <DeletionDialog onClose={() => setDeleting(false)} />}
    </>
  );
}

function ExportButton(): ReactElement {
  const { api, stepUp } = useChat();
  const [bytes, setBytes] = useState(0);
  const { isBusy, problem, run } = useTask();
  const life = useRef(new AbortController());
  useEffect(() => {
    // Mounted once more: what an earlier one has given up is not ours.
    const current = new AbortController();
    life.current = current;
    return () => current.abort();
  }, []);

  const take = () =>
    run(async () => {
      setBytes(0);
      const { signal } = life.current;
      const file = await stepUp.run(() => exported(api.auth, signal, setBytes));
      if (file) download(file, "confab.zip");
    });
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm text-muted">{say("account.exportHint")}</p>
      <FormProblem problem={problem} />
      <Button disabled={isBusy} onClick={() => void take()} className="self-start">
        {say("account.export")}
      </Button>
      <p role="status" className="text-sm text-muted">
        {isBusy && bytes > 0 && say("account.exporting", { size: spoken().formats.number.format(Math.ceil(bytes / 1000)) })}
      </p>
    </div>
  );
}

/** Says what is lost, and goes on only for whoever types which account it is. */
function DeletionDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { me, session, stepUp } = useChat();
  // It may have changed since the page was opened.
  const email = useAccount().user?.email ?? me.email;
  const [typed, setTyped] = useState("");
  const { isBusy, problem, run } = useTask();
  const isSure = typed.trim().toLowerCase() === email.toLowerCase();

  const remove = async (event: FormEvent) => {
    event.preventDefault();
    if (!isSure || isBusy) return;
    await run(() => stepUp.run(() => session.deleteAccount()));
  };
  return (
    <Dialog title={say("account.deleteTitle")} onClose={onClose}>
      <form onSubmit={(event) => void remove(event)} className="-mx-1 flex min-h-0 flex-col gap-3 overflow-y-auto px-1 pb-1">
        <p>{say("account.deleteWarning")}</p>
        <ul className="list-disc ps-5 text-muted">
          <li>{say("account.loseMessages")}</li>
          <li>{say("account.loseGroups")}</li>
          <li>{say("account.loseProfile")}</li>
        </ul>
        <p className="text-muted">{say("account.keepBefore")}</p>
        <TextField label={say("account.typeAddress")} type="email" autoComplete="off" value={typed} onChange={({ target }) => setTyped(target.value)} />
        <FormProblem problem={problem} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose} className="px-4! py-2!">
            {say("do.cancel")}
          </Button>
          <Button type="submit" look="danger" disabled={!isSure || isBusy}>
            {say("account.deleteDo")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
