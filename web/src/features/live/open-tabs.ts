// Which tabs of one person are open: what a closed one has left, another takes up.
import { newUuid } from "../conversation/uuid";
import type { Locks } from "./leader";

/** Each tab holds a lock of this name, and its id, for as long as it lives. */
const TAB_LOCK = "confab-tab-";

/** This tab, and the others. */
export class OpenTabs {
  /** The id of this one. */
  readonly own = newUuid();

  constructor(
    private readonly locks: Locks | undefined,
    private readonly signal: AbortSignal,
  ) {
    const untilTheEnd = () => new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve())));
    // Refused only if the tab goes away before it was granted.
    locks?.request(TAB_LOCK + this.own, { signal }, untilTheEnd).catch(() => {});
  }

  /** Calls back once a tab is closed: its lock is free then. One tab after the other is called, each when the one before is done. Without locks it may be open. */
  whenClosed(tab: string, then: () => Promise<void> | void): void {
    if (!this.locks) return void then();
    this.locks.request(TAB_LOCK + tab, { signal: this.signal }, async () => then()).catch(() => {});
  }
}
