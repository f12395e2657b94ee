// A question or a form that comes before everything else.
import { type ReactElement, type ReactNode, useEffect, useId, useRef } from "react";
import type { Problem } from "../api/problem";
import { say } from "../words/say";
import { Button } from "./button";
import { RequestLine } from "./form";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly className?: string;
}

/** Holds the focus until it is closed; Escape closes it. */
export function Dialog({ title, onClose, children, className = "max-w-sm" }: DialogProps): ReactElement {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const opener = document.activeElement;
    box.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // At a second Escape browsers close it whatever the page says: it stays until its owner takes it away.
      onClose={() => box.current?.showModal()}
      // The backdrop belongs to the element itself; what is inside covers all of it.
      onClick={({ target }) => target === box.current && onClose()}
      className={`floats m-auto max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] overflow-hidden rounded-2xl border border-line bg-panel p-0 text-ink shadow-xl backdrop:bg-black/45 ${className}`}
    >
      <div className="flex max-h-[calc(100dvh-2rem)] flex-col gap-3 p-5">
        <h2 id={id} className="text-lg font-semibold">
          {title}
        </h2>
        {children}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly children: ReactNode;
  /** What is done, as it stands on the button. */
  readonly action: string;
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ title, children, action, isBusy, problem, onConfirm, onClose }: ConfirmProps): ReactElement {
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="text-muted">{children}</div>
      {problem && (
        <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">
          {problem.text}
          <RequestLine problem={problem} />
        </p>
      )}
      <div className="mt-2 flex justify-end gap-2">
        <Button onClick={onClose} className="px-4! py-2!">
          {say("do.cancel")}
        </Button>
        <Button look="danger" disabled={isBusy} onClick={onConfirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
