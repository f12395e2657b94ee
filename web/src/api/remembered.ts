// Who was signed in when the page was left, so that a reload need not wait to
// be told. It lets nobody in: the server decides, and is asked at once.
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { base64Decode, base64Encode } from "@bufbuild/protobuf/wire";
import { type User, UserSchema } from "../gen/confab/auth/v1/user_pb";

/** Where in the storage. */
const KEY = "confab.me";

/** Remembers one person. */
export interface Remembered {
  /** Who it was; nobody, if it is not known. */
  get(): User | undefined;
  set(me: User): void;
  clear(): void;
}

/** Remembers in a storage, if that can be used. */
export function rememberedIn(storage: () => Pick<Storage, "getItem" | "setItem" | "removeItem">): Remembered {
  return {
    get: () =>
      tried(() => {
        const kept = storage().getItem(KEY);
        return kept === null ? undefined : fromBinary(UserSchema, base64Decode(kept));
      }),
    set: (me) => tried(() => storage().setItem(KEY, base64Encode(toBinary(UserSchema, me)))),
    clear: () => tried(() => storage().removeItem(KEY)),
  };
}

/** Without it a reload only takes a moment longer. */
function tried<Answer>(work: () => Answer): Answer | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
