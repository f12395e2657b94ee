// Brings a message into sight, wherever in the history it is.
import { useEffect, useRef, useState } from "react";
import { useChat } from "../../chat/use-chat";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { hasGap, type Log, type LogMessage } from "../../log/log";
import { say } from "../../words/say";
import type { Start } from "./excerpts";
import type { Timeline } from "./timeline";
import type { ListPosition } from "./use-list-position";
import type { Passage } from "./use-passage";

/** So long the message stands out once it is in sight. */
const FLASH_MS = 2_400;
/** What is not further back than so many messages or events is read page by page, so that everything is there between. */
const NEAR = 500n;

/**
 * A message to show: by its place, by its number among the messages, or the first since some time, in milliseconds
 * since 1970. With an offset it is where one was before.
 */
export type Target =
  | { readonly seq: bigint; /** How far it is scrolled out of sight, in pixels. */ readonly offset?: number }
  | { readonly ordinal: bigint }
  | { readonly time: number };

/** Which message stands out now. */
export interface Jump {
  readonly flashSeq: bigint | undefined;
}

interface JumpOptions {
  readonly target: Target | undefined;
  readonly log: Log;
  readonly passage: Passage;
  readonly timeline: Timeline;
  readonly position: ListPosition;
  /** It is in sight, or cannot be. */
  readonly onDone: () => void;
}

/** What is to be done next to show a message. Pure. */
export type Step = { readonly kind: "show"; readonly seq: bigint } | { readonly kind: "open"; readonly start: Start } | { readonly kind: "load" | "wait" | "close" | "give-up" };

/** Reads what is needed until the message is there. */
export function useJump({ target, log, passage, timeline, position, onDone }: JumpOptions): Jump {
  const { toasts } = useChat();
  const [flashSeq, setFlash] = useState<bigint>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** What was looked for where it must be: it is not looked for again. */
  const opened = useRef<Target>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (!target) return;
    const step = nextStep(target, passage, log, opened.current === target);
    if (step.kind === "load") return passage.history.loadOlder();
    if (step.kind === "close") return passage.close();
    if (step.kind === "wait") return;
    if (step.kind === "open") {
      opened.current = target;
      void passage.open(step.start).then((could) => {
        if (could) return;
        toasts.complain(say("conversation.partFailed"));
        onDone();
      });
      return;
    }
    const offset = "seq" in target ? target.offset : undefined;
    const place = step.kind === "show" ? timeline.placeOfSeq(step.seq) : -1;
    if (place >= 0 && offset !== undefined) position.toPlace(place, "start", offset);
    else if (offset !== undefined) position.toEnd();
    else if (place < 0) toasts.complain(say("conversation.gone"));
    else {
      position.focus(place, "time" in target ? "start" : "center");
      if (step.kind === "show" && !("time" in target)) setFlash(step.seq);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setFlash(undefined), FLASH_MS);
    }
    onDone();
  }, [target, log, passage, timeline, position, toasts, onDone]);
  return { flashSeq };
}

/** See [`Step`]; `wasOpened` tells whether what is shown begins where the message must be. */
export function nextStep(target: Target, { messages, isLive, history: { status, isComplete, isFull } }: Pick<Passage, "messages" | "isLive"> & { readonly history: Pick<Passage["history"], "status" | "isComplete" | "isFull"> }, log: Log, wasOpened = false): Step {
  const found = foundIn(messages, target, isComplete || wasOpened);
  if (found) return { kind: "show", seq: found.seq };
  if (!isLive && foundIn(log.messages, target, false)) return { kind: "close" };
  const oldest = messages[0];
  const isPast = oldest !== undefined && isBehind(target, oldest);
  if (isLive && isPast && hasGap(log)) return { kind: "wait" };
  if (status === "loading") return { kind: "wait" };
  if (wasOpened || (isLive && (isPast || isComplete || status === "failed"))) return { kind: "give-up" };
  if ("ordinal" in target) {
    const isClose = isLive && !isFull && oldest !== undefined && oldest.ordinal - target.ordinal <= NEAR;
    return isClose ? { kind: "load" } : { kind: "open", start: { case: "fromOrdinal", value: target.ordinal } };
  }
  if ("time" in target) return { kind: "open", start: { case: "fromTime", value: timestampFromMs(target.time) } };
  const isNear = isLive && !isFull && oldest !== undefined && oldest.seq - target.seq <= NEAR;
  return isNear ? { kind: "load" } : { kind: "open", start: { case: "afterSeq", value: target.seq - 1n } };
}

/** The message, if it is there. Of a time it is not known which one it is, unless something before it is there too. */
function foundIn(messages: readonly LogMessage[], target: Target, isFromBeginning: boolean): LogMessage | undefined {
  if (!("time" in target)) return messages.find((message) => ("seq" in target ? message.seq === target.seq : message.ordinal === target.ordinal));
  const first = messages.find(({ createTime }) => createTime >= target.time);
  // After everything: the newest is the nearest.
  return isFromBeginning || messages[0] !== first ? (first ?? messages.at(-1)) : undefined;
}

function isBehind(target: Target, { seq, ordinal, createTime }: LogMessage): boolean {
  if ("seq" in target) return target.seq > seq;
  return "ordinal" in target ? target.ordinal > ordinal : target.time > createTime;
}
