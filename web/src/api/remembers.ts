// Who was signed in when the page was left, so that a reload need not wait to
// be told. It lets nobody in: the server decides, and is asked at once.
import type { User } from "../gen/confab/auth/v1/user_pb";

/** Where in the storage. */
export const KEY = "confab.me";

/** What is kept is the id, and behind this what the contract makes of a person; earlier versions kept only that. */
export const BEHIND_ID = ".";

/** Who was signed in when the page was left: `undefined` if it was nobody, or is not known. Tells it without the contract. */
export function rememberedId(storage: () => Pick<Storage, "getItem">): string | undefined {
  try {
    const [id, written] = storage().getItem(KEY)?.split(BEHIND_ID) ?? [];
    return written === undefined ? undefined : id;
  } catch {
    return undefined;
  }
}

/** Remembers one person. */
export interface Remembered {
  /** Who it was; `null` if it was nobody, `undefined` if that is not known. */
  get(): User | null | undefined;
  set(me: User): void;
  clear(): void;
}
