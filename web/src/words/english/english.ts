// What the page says, in English: the source that the other languages follow.
// `{name}` is filled in; a phrase that counts has a form for each plural.
import { ACCOUNT } from "./account";
import { ATTACHMENTS } from "./attachments";
import { CONVERSATION } from "./conversation";
import { CONVERSATIONS } from "./conversations";
import { MESSAGES } from "./messages";
import { PAGE } from "./page";
import { SECURITY } from "./security";

/** Every phrase. */
export const ENGLISH = { ...PAGE, ...ACCOUNT, ...ATTACHMENTS, ...CONVERSATION, ...CONVERSATIONS, ...MESSAGES, ...SECURITY } as const;
