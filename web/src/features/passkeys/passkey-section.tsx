// The passkeys of whoever is signed in: to add, to name, and to remove.
import { type ReactElement, useCallback, useEffect, useMemo, useState } from "react";
import { useChat } from "../../chat/use-chat";
import { type Passkey, PasskeyService } from "../../gen/confab/auth/v1/passkey_service_pb";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { FormProblem } from "../../ui/form";
import { Icon } from "../../ui/icons";
import { ListSkeleton } from "../../ui/skeleton";
import { lastUsedWords } from "../../ui/time";
import { useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { say } from "../../words/say";
import { spoken } from "../../words/spoken";
import { RecoveryCodesDialog } from "../factors/recovery-codes-dialog";
import { NewPasskeyDialog } from "./new-passkey-dialog";
import { RenameDialog } from "./rename-dialog";
import { knowsPasskeys } from "./support";

/** What is open before the settings. */
type Open = { readonly kind: "new" } | { readonly kind: "codes"; readonly codes: readonly string[] } | { readonly kind: "rename" | "remove"; readonly passkey: Passkey };

/** Shows what the server knows; `onChanged` hears when what the log-in asks for may be something else. */
export function PasskeySection({ onChanged }: { readonly onChanged: () => void }): ReactElement {
  const { api, toasts } = useChat();
  const [passkeys, setPasskeys] = useState<readonly Passkey[]>();
  const [open, setOpen] = useState<Open>();
  const { problem, run } = useTask();
  const service = useMemo(() => api.of(PasskeyService), [api]);
  const load = useCallback(() => run(async () => setPasskeys((await service.listPasskeys({})).passkeys)), [service, run]);
  useEffect(() => void load(), [load]);

  const close = () => setOpen(undefined);
  const changed = (words: string, next?: Open) => {
    setOpen(next);
    toasts.tell(words);
    onChanged();
    void load();
  };
  const added = (codes: readonly string[]) => changed(say("passkeys.added"), codes.length > 0 ? { kind: "codes", codes } : undefined);
  return (
    <>
      <p className="text-sm text-muted">{say(knowsPasskeys() ? "passkeys.hint" : "passkeys.missing")}</p>
      {!passkeys && !problem && <ListSkeleton label={say("passkeys.loading")} />}
      <FormProblem problem={problem} />
      {passkeys && passkeys.length > 0 && (
        <ul aria-label={say("passkeys.title")} className="flex flex-col gap-2">
          {passkeys.map((passkey) => (
            <PasskeyRow key={passkey.passkeyId} passkey={passkey} onRename={() => setOpen({ kind: "rename", passkey })} onRemove={() => setOpen({ kind: "remove", passkey })} />
          ))}
        </ul>
      )}
      {problem && !passkeys && (
        <Button onClick={() => void load()} className="self-start">
          {say("do.tryAgain")}
        </Button>
      )}
      {passkeys && knowsPasskeys() && (
        <Button onClick={() => setOpen({ kind: "new" })} className="self-start">
          {say("passkeys.add")}
        </Button>
      )}
      {open?.kind === "new" && <NewPasskeyDialog onAdded={added} onClose={close} />}
      {open?.kind === "codes" && <RecoveryCodesDialog codes={open.codes} onKept={close} />}
      {open?.kind === "rename" && <RenameDialog passkey={open.passkey} onRenamed={() => changed(say("settings.saved"))} onClose={close} />}
      {open?.kind === "remove" && <RemovalDialog passkey={open.passkey} onRemoved={() => changed(say("passkeys.removed"))} onClose={close} />}
    </>
  );
}

/** What to call it. */
function nameOf({ name }: Passkey): string {
  return name === "" ? say("passkeys.nameless") : name;
}

interface PasskeyRowProps {
  readonly passkey: Passkey;
  readonly onRename: () => void;
  readonly onRemove: () => void;
}

function PasskeyRow({ passkey, onRename, onRemove }: PasskeyRowProps): ReactElement {
  const { createTime, lastUseTime, backedUp } = passkey;
  const name = nameOf(passkey);
  const facts = [
    createTime && say("passkeys.addedOn", { date: spoken().formats.date.format(Number(createTime.seconds) * 1000) }),
    lastUseTime ? lastUsedWords(Number(lastUseTime.seconds) * 1000, Date.now()) : say("passkeys.neverUsed"),
    backedUp && say("passkeys.several"),
  ];
  return (
    <li className="flex items-center gap-3">
      <Icon name="key" className="size-5 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="truncate" title={name}>
          <bdi>{name}</bdi>
        </p>
        <p className="text-sm text-muted">{facts.filter(Boolean).join(" · ")}</p>
      </div>
      <Button look="quiet" aria-label={say("passkeys.renameOne", { name })} title={say("passkeys.rename")} onClick={onRename}>
        <Icon name="edit" className="size-4.5" />
      </Button>
      <Button look="quiet" aria-label={say("passkeys.removeOne", { name })} title={say("passkeys.remove")} onClick={onRemove}>
        <Icon name="trash" className="size-4.5" />
      </Button>
    </li>
  );
}

interface RemovalDialogProps {
  readonly passkey: Passkey;
  readonly onRemoved: () => void;
  readonly onClose: () => void;
}

function RemovalDialog({ passkey, onRemoved, onClose }: RemovalDialogProps): ReactElement {
  const { api, stepUp } = useChat();
  const { isBusy, problem, run } = useTask();
  const remove = () =>
    run(async () => {
      if (await stepUp.run(() => api.of(PasskeyService).deletePasskey({ passkeyId: passkey.passkeyId }))) onRemoved();
    });
  return (
    <Confirm title={say("passkeys.removeTitle")} action={say("passkeys.remove")} isBusy={isBusy} problem={problem} onConfirm={() => void remove()} onClose={onClose}>
      {say("passkeys.removeWarning", { name: nameOf(passkey) })}
    </Confirm>
  );
}
