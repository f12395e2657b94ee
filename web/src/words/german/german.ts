// What the page says in German: it says "du", kindly and briefly.
import type { Phrases } from "../spoken";
import { ACCOUNT } from "./account";
import { CONVERSATIONS } from "./conversations";
import { MESSAGES } from "./messages";
import { PAGE } from "./page";
import { REFUSALS } from "./refusals";

/** The forms that German counts with. */
export type GermanForm = "one" | "other";

/** Every phrase. */
export const GERMAN: Phrases = { ...PAGE, ...ACCOUNT, ...CONVERSATIONS, ...MESSAGES };

/** What is fetched together. */
export const SPOKEN = { phrases: GERMAN, refusals: REFUSALS };
