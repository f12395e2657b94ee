// The codes for when the app is lost: seen this once.
import type { ReactElement } from "react";
import { Button } from "../../ui/button";
import { CopyButton } from "../../ui/copy-button";
import { Dialog } from "../../ui/dialog";
import { download } from "../../ui/download";
import "../../words/of-settings";
import { say } from "../../words/say";

/** Goes away only when it is said that they are kept: Escape and a slip of the finger do nothing. */
export function RecoveryCodesDialog({ codes, onKept }: { readonly codes: readonly string[]; readonly onKept: () => void }): ReactElement {
  const text = `${codes.join("\n")}\n`;
  return (
    <Dialog title={say("recovery.title")} onClose={() => {}} className="max-w-md">
      <p className="text-muted">{say("recovery.hint")}</p>
      <ul aria-label={say("recovery.list")} className="grid min-h-0 grid-cols-1 gap-x-4 gap-y-1 overflow-y-auto rounded-lg bg-raised p-3 min-[24rem]:grid-cols-2">
        {codes.map((code) => (
          <li key={code}>
            <code className="text-sm whitespace-nowrap select-all">{code}</code>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap items-center gap-2">
        <CopyButton label={say("recovery.copy")} text={text} />
        <Button onClick={() => download(new Blob([text], { type: "text/plain" }), `confab-${location.hostname}.txt`)}>{say("recovery.download")}</Button>
      </div>
      <div className="mt-2 flex justify-end">
        <Button look="primary" onClick={onKept} className="py-2!">
          {say("recovery.kept")}
        </Button>
      </div>
    </Dialog>
  );
}
