// What the page says in Czech: it says "ty", kindly and briefly, and as if it did
// not know whether a woman or a man reads it.
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

/** Fractions, for which Czech has a form too, are not counted here. */
export type CzechForm = "one" | "few" | "other";

/** Every phrase. */
export const CZECH: Phrases = { ...PAGE, ...ACCOUNT, ...ATTACHMENTS, ...CONVERSATION, ...CONVERSATIONS, ...MESSAGES, ...SECURITY };

/** What is fetched together. */
export const SPOKEN: Vocabulary = { phrases: CZECH, refusals: REFUSALS, emoji: EMOJI };
