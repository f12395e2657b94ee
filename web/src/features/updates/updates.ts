// Keeps the page in the browser, and notices when the server has a newer one.
import { createStore, type StoreApi } from "zustand/vanilla";

/** A page that stays open asks this often at most, when one returns to it. */
const ASK_MS = 3_600_000;

/** What is used of the browser, so that tests can do without one. */
export interface UpdatesWorld {
  readonly workers: Pick<ServiceWorkerContainer, "register" | "ready" | "controller" | "addEventListener">;
  readonly page: Pick<Document, "visibilityState" | "addEventListener">;
  readonly now: () => number;
  readonly reload: () => void;
}

/** The page and what comes after it. */
export class Updates {
  /** Whether there is a newer page than this one. */
  readonly store: StoreApi<boolean> = createStore(() => false);
  #registration: ServiceWorkerRegistration | undefined;
  #started: Promise<void> | undefined;
  #asked = 0;
  #isTaking = false;

  constructor(private readonly world: UpdatesWorld) {}

  /** Keeps this page, again if logging out has emptied the caches, and watches for the next one. */
  async keep(): Promise<void> {
    this.#started ??= this.#start();
    await this.#started;
    if (this.#registration) (await this.world.workers.ready).active?.postMessage("keep");
  }

  async #start(): Promise<void> {
    const { workers, page, now } = this.world;
    const wasKept = workers.controller !== null;
    workers.addEventListener("controllerchange", () => this.#changed(wasKept));
    page.addEventListener("visibilitychange", () => page.visibilityState === "visible" && this.#ask());
    this.#asked = now();
    try {
      this.#registration = await workers.register("/worker.js");
    } catch {
      // A browser that keeps nothing is as good without.
      return;
    }
    this.#watch(this.#registration);
  }

  /** Shows the newer page, here; other tabs are told that there is one. */
  take(): void {
    const waiting = this.#registration?.waiting;
    if (!waiting) return this.world.reload();
    this.#isTaking = true;
    waiting.postMessage("take-over");
  }

  #watch(registration: ServiceWorkerRegistration): void {
    // The first one is no news.
    const note = () => registration.waiting && registration.active && this.store.setState(true, true);
    note();
    registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", note));
  }

  #changed(wasKept: boolean): void {
    if (this.#isTaking) return this.world.reload();
    // Another tab has taken it: this page is the older one now.
    if (wasKept) this.store.setState(true, true);
  }

  #ask(): void {
    const now = this.world.now();
    if (now - this.#asked < ASK_MS) return;
    this.#asked = now;
    // Without a net there is nothing newer to be had.
    this.#registration?.update().catch(() => {});
  }
}

/** The updates of this browser; none where pages cannot be kept, as over plain http. */
export function updatesIn(window: Window): Updates | undefined {
  const { navigator, document, location } = window;
  // While it is being written, the page is made anew all the time.
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return undefined;
  return new Updates({ workers: navigator.serviceWorker, page: document, now: Date.now, reload: () => location.reload() });
}
