// What the server says when it refuses, in other languages than its own.
import { spoken } from "./spoken";

/** The server's words for why it refuses, of those that people meet (`google.rpc.ErrorInfo.reason`). */
export type Refusal =
  | "ACCOUNT_DISABLED"
  | "CROSS_ORIGIN"
  | "EMAIL_TAKEN"
  | "FILE_DAMAGED"
  | "FILE_EMPTY"
  | "FILE_INFECTED"
  | "FILE_TOO_LARGE"
  | "IDENTITY_TAKEN"
  | "INVITE_NEEDED"
  | "LAST_ADMIN"
  | "LAST_OWNER"
  | "LINK_NEEDED"
  | "MAIL_OFF"
  | "MESSAGE_DELETED"
  | "MESSAGE_FORWARDED"
  | "NO_SECOND_FACTOR"
  | "NO_SUCH_ATTEMPT"
  | "NO_SUCH_CHALLENGE"
  | "NO_SUCH_CODE"
  | "NO_SUCH_CONVERSATION"
  | "NO_SUCH_INVITE"
  | "NO_SUCH_MEDIA"
  | "NO_SUCH_MESSAGE"
  | "NO_SUCH_PASSKEY"
  | "NO_SUCH_PROVIDER"
  | "NO_SUCH_USER"
  | "NOT_A_GROUP"
  | "NOT_A_MEMBER"
  | "NOT_A_PICTURE"
  | "NOT_RECEIVING"
  | "NOT_YOUR_MESSAGE"
  | "NOTHING_TO_ANSWER"
  | "ONESELF"
  | "PICTURE_TOO_COSTLY"
  | "PICTURE_TOO_LARGE"
  | "PROVIDER_EMAIL_UNVERIFIED"
  | "PROVIDER_REFUSED"
  | "QUOTA_BYTES"
  | "QUOTA_FILES"
  | "REQUEST_TOO_LARGE"
  | "ROLE_TOO_LOW"
  | "SESSION_ENDED"
  | "STORE_FULL"
  | "TOO_MANY_BLOCKED"
  | "TOO_MANY_IDENTITIES"
  | "TOO_MANY_INVITES"
  | "TOO_MANY_MEMBERS"
  | "TOO_MANY_PASSKEYS"
  | "TOO_MANY_PINS"
  | "TOO_MANY_REACTIONS"
  | "TOTP_ENABLED"
  | "TOTP_NOT_BEGUN"
  | "TYPE_REFUSED"
  | "WRONG_CODE"
  | "WRONG_CREDENTIALS"
  | "WRONG_OLD_PASSWORD"
  | "WRONG_PASSKEY"
  | "WRONG_PASSWORD";

/** What can be wrong with a field. */
type Flaw = "address" | "blank" | "common" | "emoji" | "longest" | "own" | "same" | "shortest" | "steering" | "unsearchable" | "wrong";

/** A language's words for all of them. */
export interface Refusals {
  readonly reasons: Readonly<Record<Refusal, string>>;
  /** To be read after the name of the field and a colon; `{limit}` is a number. */
  readonly flaws: Readonly<Record<Flaw, string>>;
}

/** By what the server says of a field; a limit is the number in it. */
const FLAWS: readonly (readonly [RegExp, Flaw])[] = [
  [/^must not be (?:blank|empty|only white space)$|^is required$|^must be set$/, "blank"],
  [/^must (?:be|have) at least ([\d,]+) characters?$/, "shortest"],
  [/^must (?:be at most|not be longer than) ([\d,]+) characters?$/, "longest"],
  [/^must not have control characters/, "steering"],
  [/^is wrong$/, "wrong"],
  [/^must not be the old one$/, "same"],
  [/^is too common/, "common"],
  [/^must not be your own name/, "own"],
  [/^must have exactly one @$|^must have 1 to|^has a character that e-mail|^must end in a domain/, "address"],
  [/^must have a letter or a digit$/, "unsearchable"],
  [/^must be one emoji$/, "emoji"],
];

/** Why the server refuses; `undefined` if only its own words are there to be said. */
export function refusalWords(reason: string): string | undefined {
  const { refusals } = spoken();
  return refusals?.reasons[reason as Refusal];
}

/** What is wrong with a field, as the server says it or better. */
export function flawWords(description: string): string {
  const { refusals, formats } = spoken();
  if (!refusals) return description;
  for (const [pattern, flaw] of FLAWS) {
    const found = pattern.exec(description);
    if (found) return refusals.flaws[flaw].replace("{limit}", formats.number.format(Number(found[1]?.replaceAll(",", ""))));
  }
  return description;
}
