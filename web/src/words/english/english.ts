// What the page says, in English: the source that the other languages follow.
// `{name}` is filled in; a phrase that counts has a form for each plural.
import { ACCOUNT } from "./account";
import { ATTACHMENTS } from "./attachments";
import { CONVERSATION } from "./conversation";
import { CONVERSATIONS } from "./conversations";
import { MESSAGES } from "./messages";
import { PAGE } from "./page";
import type { SECURITY } from "./security";

/** What is spoken from the beginning. */
const FIRST = { ...PAGE, ...ACCOUNT, ...ATTACHMENTS, ...CONVERSATION, ...CONVERSATIONS, ...MESSAGES } as const;

/** Every phrase; those of `security` can be said where `../of-settings` is imported. */
export const ENGLISH = FIRST as typeof FIRST & typeof SECURITY;

/** Adds the phrases of `security` to what can be said. */
export function alsoSay(phrases: typeof SECURITY): void {
  Object.assign(ENGLISH, phrases);
}
