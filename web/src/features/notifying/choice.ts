// Whether this device tells of new messages outside of the page, and aloud.

const KEY = "confab.notices";

/** Whether this device is told while no page is open, and of what: for this person alone. */
export const PUSH_KEY = "confab.push";

/** What one can choose; nothing is told until one does. */
export type NoticeChoice = "off" | "quiet" | "loud";

/** What was chosen on this device. */
export function chosenNotices(storage: Pick<Storage, "getItem">): NoticeChoice {
  try {
    const chosen = storage.getItem(KEY);
    return chosen === "quiet" || chosen === "loud" ? chosen : "off";
  } catch {
    return "off";
  }
}

/** Keeps the choice; none leaves nothing behind. */
export function chooseNotices(storage: Pick<Storage, "setItem" | "removeItem">, choice: NoticeChoice): void {
  try {
    if (choice === "off") storage.removeItem(KEY);
    else storage.setItem(KEY, choice);
  } catch {
    // Full or refused storage: nothing is told.
  }
}

/** Whether notices are wanted, and allowed. */
export function areNoticesOn(window: Window & typeof globalThis): boolean {
  return permission(window) === "granted" && chosenNotices(window.localStorage) !== "off";
}

/** Whether one wants to be told on this device while no page is open. */
export function isPushWanted(storage: Pick<Storage, "getItem">): boolean {
  try {
    return storage.getItem(PUSH_KEY) !== null;
  } catch {
    return false;
  }
}

/** Whether a notice makes a sound. */
export function isLoud(storage: Pick<Storage, "getItem">): boolean {
  return chosenNotices(storage) === "loud";
}

/** What the browser allows; nothing on a page that came over plain http. */
export function permission(window: Window & typeof globalThis): NotificationPermission | "missing" {
  return window.isSecureContext && "Notification" in window ? window.Notification.permission : "missing";
}
