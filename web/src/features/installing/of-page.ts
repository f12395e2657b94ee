// The offer for this page: made once, perhaps before anybody is signed in.
import { Install } from "./install";

/** Listens from when the page begins. */
export const install = new Install(window);
