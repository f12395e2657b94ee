// Brings a message into sight, wherever in the history it is.
import { type RefObject, useEffect, useRef, useState } from "react";
import { useChat } from "../../chat/use-chat";
import { hasGap, type Log, type LogMessage } from "../../log/log";
import { say } from "../../words/say";
import type { History } from "./use-history";
import type { StickyScroll } from "./use-sticky-scroll";

/** So long the message stands out once it is in sight. */
const FLASH_MS = 2_400;

/** A message to show, by its place or by its number among the messages. */
export type Target = { readonly seq: bigint } | { readonly ordinal: bigint };

/** Which message stands out now. */
export interface Jump {
  readonly flashSeq: bigint | undefined;
}

interface JumpOptions {
  readonly target: Target | undefined;
  readonly log: Log;
  readonly history: History;
  readonly scroll: StickyScroll;
  /** It is in sight, or cannot be. */
  readonly onDone: () => void;
}

/** What is to be done next to show a message. Pure. */
export type Step = { readonly kind: "show"; readonly seq: bigint } | { readonly kind: "load" | "wait" | "give-up" };

/** Reads older history until the message is there. */
export function useJump({ target, log, history, scroll, onDone }: JumpOptions): Jump {
  const { toasts } = useChat();
  const [flashSeq, setFlash] = useState<bigint>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (!target) return;
    const step = nextStep(target, log, history);
    if (step.kind === "load") return history.loadOlder();
    if (step.kind === "wait") return;
    if (step.kind === "give-up") toasts.complain(say("conversation.gone"));
    if (step.kind === "show" && show(step.seq, scroll)) {
      setFlash(step.seq);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setFlash(undefined), FLASH_MS);
    }
    onDone();
  }, [target, log, history, scroll, toasts, onDone]);
  return { flashSeq };
}

/** See [`Step`]. */
export function nextStep(target: Target, log: Log, { status, isComplete }: Pick<History, "status" | "isComplete">): Step {
  const found = log.messages.find((message) => isIt(message, target));
  if (found) return { kind: "show", seq: found.seq };
  const oldest = log.messages[0];
  const isPast = oldest !== undefined && ("seq" in target ? target.seq > oldest.seq : target.ordinal > oldest.ordinal);
  if (isPast && hasGap(log)) return { kind: "wait" };
  if (isPast && status === "ready") return { kind: "give-up" };
  if (status === "failed" || (isComplete && status === "ready")) return { kind: "give-up" };
  return { kind: status === "ready" ? "load" : "wait" };
}

function isIt({ seq, ordinal }: LogMessage, target: Target): boolean {
  return "seq" in target ? seq === target.seq : ordinal === target.ordinal;
}

function show(seq: bigint, scroll: StickyScroll): boolean {
  const row = rowAt(scroll.list, seq);
  if (!row) return false;
  scroll.toRow(row);
  row.focus({ preventScroll: true });
  return true;
}

function rowAt(list: RefObject<HTMLElement | null>, seq: bigint): HTMLElement | null {
  return list.current?.querySelector<HTMLElement>(`li[data-seq="${seq}"]`) ?? null;
}
