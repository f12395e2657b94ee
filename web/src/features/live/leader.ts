// Which tab does the work that one tab must do for all.

/** The part of the Web Locks API that is used. */
export type Locks = Pick<LockManager, "request">;

/**
 * Waits until this tab is the one, then works until `signal` is aborted.
 *
 * The browser hands the lock on as soon as the tab that has it goes away, in
 * whatever manner. On a page that came over plain http there are no locks:
 * there every tab works for itself, which costs connections and nothing else.
 */
export async function lead(locks: Locks | undefined, name: string, work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
  if (!locks) return work(signal);
  try {
    await locks.request(name, { signal }, () => work(signal));
  } catch (thrown) {
    // Aborted while it waited for its turn.
    if (!signal.aborted) throw thrown;
  }
}
