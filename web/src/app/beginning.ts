// Fetches what the page begins with. The first thing that the page does: the rest of it is still to be run then.
import { remembersNobody } from "../api/late-calls";
import { rememberedId } from "../api/remembers";
import { fetchBeginning } from "./parts";

/** Whether nobody was signed in when the page was left: then the log-in is drawn, and needs none of it. */
export const isNobody = remembersNobody(() => localStorage);

/** What calls the server. */
export const fetchCalls = () => import("../api/calls");

/** Resolves when what whoever was signed in begins with is there, or takes long. Never throws. */
export const beginning: Promise<unknown> = isNobody ? Promise.resolve() : Promise.allSettled([fetchBeginning(location.hash, rememberedId(() => localStorage)), fetchCalls()]);
