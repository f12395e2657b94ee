// Asks people once more who they are where the server wants to know, and then
// does what they wanted. For every feature; the dialog is one.
import { createStore, type StoreApi } from "zustand/vanilla";
import { problemOf } from "../../api/problem";

/** A question that is open. */
export interface Question {
  /** What can be shown, by the server's names: `password`, `totp`, `recovery_code`, `passkey`. */
  readonly methods: readonly string[];
  /** Whether it was proved; no if the person would rather not. */
  readonly answer: (isProved: boolean) => void;
}

/** One question at a time. */
export class StepUp {
  readonly store: StoreApi<Question | null> = createStore<Question | null>(() => null);
  #asking: Promise<boolean> | undefined;

  constructor(private readonly signal: AbortSignal) {
    signal.addEventListener("abort", () => this.store.getState()?.answer(false));
  }

  /**
   * Does `work`; where the server first wants to know who is there, asks, and does it once more.
   * Resolves to `undefined` if the person would rather not. Throws what `work` throws.
   */
  async run<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (thrown) {
      const { reason, methods } = problemOf(thrown);
      if (reason !== "STEP_UP_NEEDED") throw thrown;
      if (!(await this.#ask(methods))) return undefined;
    }
    return work();
  }

  /** Whoever else wants to know meanwhile shares the answer. */
  #ask(methods: readonly string[]): Promise<boolean> {
    if (this.signal.aborted) return Promise.resolve(false);
    this.#asking ??= new Promise<boolean>((resolve) => {
      const answer = (isProved: boolean) => {
        this.#asking = undefined;
        this.store.setState(null, true);
        resolve(isProved);
      };
      this.store.setState({ methods, answer }, true);
    });
    return this.#asking;
  }
}
