// Who was signed in when the page was left, so that a reload need not wait to
// be told. It lets nobody in: the server decides, and is asked at once.
import type { User } from "../gen/confab/auth/v1/user_pb";

/** Where in the storage. */
export const KEY = "confab.me";

/** Remembers one person. */
export interface Remembered {
  /** Who it was; `null` if it was nobody, `undefined` if that is not known. */
  get(): User | null | undefined;
  set(me: User): void;
  clear(): void;
}
