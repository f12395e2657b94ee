// How many messages are unread, on the title of the page and on its icon.
import { useEffect } from "react";

/** What some browsers can. */
type WithBadge = Partial<Pick<Navigator, "setAppBadge" | "clearAppBadge">>;

/** Until whoever is signed in leaves. */
export function useBadge(unread: number): void {
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) Confab` : "Confab";
    const { navigator }: { readonly navigator: WithBadge } = window;
    // Where there is no icon, there is nothing to put it on.
    void (unread > 0 ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.())?.catch(() => {});
  }, [unread]);
  useEffect(() => () => void (window.navigator as WithBadge).clearAppBadge?.().catch(() => {}), []);
}
