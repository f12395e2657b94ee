// Remembers who is signed in, in the storage of the browser.
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { base64Decode, base64Encode } from "@bufbuild/protobuf/wire";
import { UserSchema } from "../gen/confab/auth/v1/user_pb";
import { BEHIND_ID, KEY, type Remembered } from "./remembers";

/** Remembers in a storage, if that can be used. */
export function rememberedIn(storage: () => Pick<Storage, "getItem" | "setItem" | "removeItem">): Remembered {
  return {
    get: () =>
      tried(() => {
        const kept = storage().getItem(KEY);
        return kept === null ? null : fromBinary(UserSchema, base64Decode(kept.slice(kept.indexOf(BEHIND_ID) + 1)));
      }),
    set: (me) => tried(() => storage().setItem(KEY, `${me.userId}${BEHIND_ID}${base64Encode(toBinary(UserSchema, me))}`)),
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
