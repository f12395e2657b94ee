// What the keyboard can do, before everything else.
import type { ReactElement } from "react";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { say } from "../../words/say";
import { ShortcutList } from "./shortcut-list";

/** The list, wherever one is. */
export default function ShortcutsDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  return (
    <Dialog title={say("keys.title")} onClose={onClose} className="max-w-md">
      <ShortcutList />
      <div className="flex justify-end">
        <Button onClick={onClose}>{say("do.close")}</Button>
      </div>
    </Dialog>
  );
}
