// Whether one hides that one is there, as last set on this device: the server
// takes the wish, and does not tell what it was.

function keyOf(userId: string): string {
  return `confab.hidden.${userId}`;
}

/** What was last set here. */
export function isHiddenHere(storage: Pick<Storage, "getItem">, userId: string): boolean {
  try {
    return storage.getItem(keyOf(userId)) !== null;
  } catch {
    return false;
  }
}

/** Remembers what was set; that one is seen leaves nothing behind. */
export function rememberHidden(storage: Pick<Storage, "setItem" | "removeItem">, userId: string, isHidden: boolean): void {
  try {
    if (isHidden) storage.setItem(keyOf(userId), "yes");
    else storage.removeItem(keyOf(userId));
  } catch {
    // Full or refused storage: only the switch forgets.
  }
}
