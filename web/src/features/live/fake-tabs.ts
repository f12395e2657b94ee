// A browser for tests: locks and channels for several tabs in one program.
import type { Locks } from "./leader";
import type { TabChannel } from "./tabs";

/** One browser. */
export class FakeBrowser {
  readonly #channels = new Set<TabChannel>();
  readonly #queue: { grant: () => void }[] = [];
  #isHeld = false;

  /** Locks as the browser has them: first come, first served, given up when the work ends. */
  readonly locks: Locks = {
    request: async (_name: string, options: LockOptions, work: LockGrantedCallback<unknown>) => {
      await this.#turn(options.signal);
      try {
        return await work(null);
      } finally {
        this.#isHeld = false;
        this.#queue.shift()?.grant();
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

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const grant = () => {
        this.#isHeld = true;
        resolve();
      };
      if (!this.#isHeld) return grant();
      const place = { grant };
      this.#queue.push(place);
      signal?.addEventListener("abort", () => {
        this.#queue.splice(this.#queue.indexOf(place), 1);
        reject(signal.reason);
      });
    });
  }
}
