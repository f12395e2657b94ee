// What the page says in German: it says "du", kindly and briefly.
import type { Phrases, Vocabulary } from "../spoken";
import { ACCOUNT } from "./account";
import { ATTACHMENTS } from "./attachments";
import { CONVERSATION } from "./conversation";
import { CONVERSATIONS } from "./conversations";
import { EMOJI } from "./emoji";
import { MESSAGES } from "./messages";
import { PAGE } from "./page";
import { REFUSALS } from "./refusals";
import { SECURITY } from "./security";

/** The forms that German counts with. */
export type GermanForm = "one" | "other";

/** Every phrase. */
export const GERMAN: Phrases = { ...PAGE, ...ACCOUNT, ...ATTACHMENTS, ...CONVERSATION, ...CONVERSATIONS, ...MESSAGES, ...SECURITY };

/** What is fetched together. */
export const SPOKEN: Vocabulary = { phrases: GERMAN, refusals: REFUSALS, emoji: EMOJI };
