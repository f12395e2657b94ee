// Whether the browser would make a program of this page, which it says once, early.
import { createStore, type StoreApi } from "zustand/vanilla";

/** What Chromium offers; other browsers have a menu of their own for it. */
export interface InstallOffer extends Event {
  prompt(): Promise<{ readonly outcome: "accepted" | "dismissed" }>;
}

/** The offer, as long as it stands. */
export class Install {
  readonly store: StoreApi<InstallOffer | undefined> = createStore<InstallOffer | undefined>(() => undefined);

  constructor(page: Pick<EventTarget, "addEventListener">) {
    page.addEventListener("beforeinstallprompt", (event) => {
      // Not when the browser wants, but when somebody looks for it.
      event.preventDefault();
      this.store.setState(event as InstallOffer, true);
    });
    page.addEventListener("appinstalled", () => this.store.setState(undefined, true));
  }

  /** Asks the browser, which asks the person. An offer is good for once. */
  async take(): Promise<void> {
    const offer = this.store.getState();
    this.store.setState(undefined, true);
    await offer?.prompt();
  }
}
