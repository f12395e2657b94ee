// A letter that somebody comes from, by the link in it. Its code stands behind the `#` of the address: browsers send
// that to nobody, and here it is taken out at once, so that it stays in no history either.
import { createStore } from "zustand/vanilla";

/** What the letter lets its reader do, and what with. */
export type Letter = SignUpLetter | DeedLetter;

/** Proves at the sign-up whose the address is. */
export interface SignUpLetter {
  readonly purpose: "sign-up";
  readonly code: string;
}

/** Does something with an account that is there. */
export interface DeedLetter {
  readonly purpose: "verify-email" | "reset-password" | "change-email";
  readonly code: string;
}

/** As the server writes them. */
const LINK = /^#\/(sign-up|verify-email|reset-password|change-email)\/([\w-]{43})$/;

/** The letter that is open, if there is one. */
export const letterStore = createStore<{ readonly letter: Letter | undefined }>(() => ({ letter: undefined }));

/** Opens the letter that the page was opened with, and any that is opened in it later. */
export function followLetters(window: Pick<Window, "location" | "history" | "addEventListener">): void {
  const look = () => {
    const [, purpose, code] = LINK.exec(window.location.hash) ?? [];
    if (!purpose || !code) return;
    window.history.replaceState(null, "", "#/");
    letterStore.setState({ letter: { purpose: purpose as Letter["purpose"], code } });
  };
  look();
  window.addEventListener("hashchange", look);
}
