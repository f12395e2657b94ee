// A browser for tests: locks and channels for several tabs in one program.
import type { Locks } from "./leader";
import type { TabChannel } from "./tabs";

/** One browser. */
export class FakeBrowser {
  readonly #channels = new Set<TabChannel>();
  /** Who holds a lock, the first, and who waits for it, by its name. */
  readonly #queues = new Map<string, { grant: () => void }[]>();

  /** Locks as the browser has them: first come, first served, given up when the work ends. */
  readonly locks: Locks = {
    request: async (name: string, options: LockOptions, work: LockGrantedCallback<unknown>) => {
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      await this.#turn(queue, options.signal);
      try {
        return await work(null);
      } finally {
        queue.shift();
        queue[0]?.grant();
      }
    },
  } as Locks;

  /** A channel that all tabs but the sender hear, a moment later, as a copy. */
  openChannel(): TabChannel {
    const channel: TabChannel = {
      onmessage: null,
      close: () => void this.#channels.delete(channel),
      postMessage: (message) => {
        for (const other of this.#channels) {
          const data: unknown = structuredClone(message);
          if (other !== channel) queueMicrotask(() => other.onmessage?.call(undefined as never, { data } as MessageEvent));
        }
      },
    };
    this.#channels.add(channel);
    return channel;
  }

  #turn(queue: { grant: () => void }[], signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const place = { grant: resolve };
      queue.push(place);
      if (queue[0] === place) return resolve();
      signal?.addEventListener("abort", () => {
        // Only who waits can give up.
        if (queue.indexOf(place) > 0) queue.splice(queue.indexOf(place), 1);
        reject(signal.reason);
      });
    });
  }
}
