// What the keyboard can do.
import type { ReactElement } from "react";
import { type PlainPhrase, say } from "../../words/say";

/** Keys that are called otherwise elsewhere have a phrase; the others stand as they are. */
const SHORTCUTS: readonly (readonly [keys: { readonly phrase: PlainPhrase } | { readonly key: string }, effect: PlainPhrase])[] = [
  [{ key: "?" }, "keys.showThese"],
  [{ phrase: "keys.search" }, "keys.doSearch"],
  [{ key: "Alt ↑ ↓" }, "keys.doConversations"],
  [{ phrase: "keys.enter" }, "keys.doSend"],
  [{ phrase: "keys.newLine" }, "keys.doNewLine"],
  [{ key: "↑" }, "keys.doEditLast"],
  [{ phrase: "keys.messages" }, "keys.doMove"],
  [{ phrase: "keys.enter" }, "keys.doMenu"],
  [{ key: "R, F, E, C, P" }, "keys.doLetters"],
  [{ key: "+" }, "keys.doReact"],
  [{ phrase: "keys.delete" }, "keys.doDelete"],
  [{ key: "Esc" }, "keys.doClose"],
];

/** A list of keys. */
export function ShortcutList(): ReactElement {
  return (
    <dl className="flex flex-col gap-1.5 text-sm">
      {SHORTCUTS.map(([keys, effect]) => (
        <div key={effect} className="flex items-baseline gap-3">
          <dt className="w-36 shrink-0">
            <kbd className="rounded-md border border-line bg-raised px-1.5 py-0.5 font-sans text-xs whitespace-nowrap">{"key" in keys ? keys.key : say(keys.phrase)}</kbd>
          </dt>
          <dd className="text-muted">{say(effect)}</dd>
        </div>
      ))}
    </dl>
  );
}
