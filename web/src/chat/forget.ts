// What is removed from the browser when somebody is no longer signed in.
import { PUSH_KEY } from "../features/notifying/choice";

/** Where the drafts of a person and what they have not sent are kept, by their id. */
export const DRAFT_PREFIX = "confab.draft.";
export const UNSENT_PREFIX = "confab.unsent.";
/** Which tabs of a person keep files that are not sent yet. */
export const FILES_PREFIX = "confab.files.";
/** Where in their conversations they were, in this tab. */
export const PLACE_PREFIX = "confab.place.";

/** The name of the database of a person. */
export function databaseName(userId: string): string {
  return `confab-${userId}`;
}

/** The name of the database of what a person has not sent yet. */
export function filesName(userId: string): string {
  return `confab-files-${userId}`;
}

/** Removes what the server has too; what was only typed goes if the person has left, and waits for them if their session ended. */
export function forgetPerson(userId: string, why: "left" | "ended"): void {
  attempt(() => indexedDB.deleteDatabase(databaseName(userId)));
  attempt(() => removeAll(sessionStorage, [`${PLACE_PREFIX}${userId}.`]));
  void forgetCaches();
  void forgetPush();
  if (why === "ended") return;
  attempt(() => indexedDB.deleteDatabase(filesName(userId)));
  attempt(() => removeAll(localStorage, [`${DRAFT_PREFIX}${userId}.`, `${UNSENT_PREFIX}${userId}.`, `${FILES_PREFIX}${userId}.`]));
}

function removeAll(storage: Storage, prefixes: readonly string[]): void {
  for (const key of Object.keys(storage)) if (prefixes.some((prefix) => key.startsWith(prefix))) storage.removeItem(key);
}

async function forgetCaches(): Promise<void> {
  try {
    for (const name of await caches.keys()) await caches.delete(name);
  } catch {
    // There are none on a page that came over plain http.
  }
}

/** Nothing more comes to this browser for who was signed in, whatever the server still has. */
async function forgetPush(): Promise<void> {
  attempt(() => localStorage.removeItem(PUSH_KEY));
  try {
    const registration = await navigator.serviceWorker?.getRegistration();
    await (await registration?.pushManager?.getSubscription())?.unsubscribe();
  } catch {
    // Then the server is told that it is over when it pushes.
  }
}

/** A browser that refuses to keep anything has nothing to forget. */
function attempt(work: () => unknown): void {
  try {
    work();
  } catch {
    // See above.
  }
}
