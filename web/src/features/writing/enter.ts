// What Enter does while one writes: it sends, unless one says otherwise on this device.
import type { KeyboardEvent } from "react";

const KEY = "confab.enter";

/** Whether Enter sends. */
export function enterSends(storage: Pick<Storage, "getItem">): boolean {
  try {
    return storage.getItem(KEY) !== "line";
  } catch {
    return true;
  }
}

/** Keeps the choice; that Enter sends leaves nothing behind. */
export function chooseEnter(storage: Pick<Storage, "setItem" | "removeItem">, sends: boolean): void {
  try {
    if (sends) storage.removeItem(KEY);
    else storage.setItem(KEY, "line");
  } catch {
    // Full or refused storage: it holds until the page goes.
  }
}

/** Whether a key is the one that sends; Ctrl or Command with Enter always is. */
export function isSending({ key, shiftKey, ctrlKey, metaKey, altKey }: Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">, sends: boolean): boolean {
  if (key !== "Enter" || shiftKey || altKey) return false;
  return ctrlKey || metaKey || sends;
}
