// How long to wait before trying again.

/** Full jitter: anything up to a ceiling that doubles with each try, so that many clients do not come back at once. */
export class Backoff {
  #tries = 0;

  constructor(
    private readonly baseMs: number,
    private readonly ceilingMs: number,
    private readonly random: () => number,
  ) {}

  /** How often it has been asked since the last success. */
  get tries(): number {
    return this.#tries;
  }

  /** How long to wait before the next try. */
  nextMs(): number {
    const ceiling = Math.min(this.ceilingMs, this.baseMs * 2 ** this.#tries);
    this.#tries += 1;
    return this.random() * ceiling;
  }

  /** It worked. */
  succeed(): void {
    this.#tries = 0;
  }
}

/** Resolves after `ms`, or at once when `signal` is aborted or one of `events` happens on `target`. */
export function pause(ms: number, signal: AbortSignal, target?: EventTarget, ...events: string[]): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      for (const event of events) target?.removeEventListener(event, done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    for (const event of events) target?.addEventListener(event, done);
  });
}
