// A word about something just done, which goes away by itself.
import type { ReactElement } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";

/** So long a word stays: enough to read it twice. */
export const TOAST_MS = 5_000;

/** The word that is shown. */
export interface Toast {
  readonly text: string;
  readonly isProblem: boolean;
}

/** Shows one word at a time: the newest. */
export class Toasts {
  readonly store: StoreApi<Toast | null> = createStore<Toast | null>(() => null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** It worked. */
  tell(text: string): void {
    this.#show({ text, isProblem: false });
  }

  /** It did not. */
  complain(text: string): void {
    this.#show({ text, isProblem: true });
  }

  #show(toast: Toast): void {
    clearTimeout(this.#timer);
    this.store.setState(toast, true);
    this.#timer = setTimeout(() => this.store.setState(null, true), TOAST_MS);
  }
}

/** Where the words appear. */
export function ToastArea({ toasts }: { readonly toasts: Toasts }): ReactElement {
  const toast = useStore(toasts.store);
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-20 z-50 flex justify-center px-4">
      {toast && <p className={`floats rounded-full px-4 py-2 text-sm shadow-lg ${toast.isProblem ? "bg-danger text-on-danger" : "bg-ink text-panel"}`}>{toast.text}</p>}
    </div>
  );
}
