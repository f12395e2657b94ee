// A word about something just done, which goes away by itself.
import type { ReactElement } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Problem } from "../api/problem";
import { RequestNumber } from "./request-number";

/** So long a word stays: enough to read it twice. */
export const TOAST_MS = 5_000;
/** And so long one with a number that is to be copied. */
const NUMBERED_MS = 20_000;

/** The word that is shown. */
export interface Toast {
  readonly text: string;
  readonly isProblem: boolean;
  /** What to quote to whoever runs the server, if it is the server's fault. */
  readonly requestId?: string | undefined;
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

  /** A call did not work; `before` says what that means. */
  complainOf({ kind, text, requestId }: Problem, before?: string): void {
    this.#show({ text: before ? `${before} ${text}` : text, isProblem: true, requestId: kind === "internal" ? requestId : undefined });
  }

  #show(toast: Toast): void {
    clearTimeout(this.#timer);
    this.store.setState(toast, true);
    this.#timer = setTimeout(() => this.store.setState(null, true), toast.requestId ? NUMBERED_MS : TOAST_MS);
  }
}

/** Where the words appear. */
export function ToastArea({ toasts }: { readonly toasts: Toasts }): ReactElement {
  const toast = useStore(toasts.store);
  return (
    <div role="status" className="pointer-events-none fixed inset-x-0 bottom-20 z-50 flex justify-center px-4">
      {toast && (
        <p className={`floats px-4 py-2 text-sm shadow-lg ${toast.requestId ? "pointer-events-auto rounded-2xl" : "rounded-full"} ${toast.isProblem ? "bg-danger text-on-danger" : "bg-ink text-panel"}`}>
          {toast.text}
          {toast.requestId && <RequestNumber id={toast.requestId} />}
        </p>
      )}
    </div>
  );
}
