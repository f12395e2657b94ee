// The keyboard among the messages: arrows move, letters do things.
import { type KeyboardEvent, useCallback } from "react";
import type { Bubble, Timeline } from "../conversation/timeline";
import type { Rights } from "./rights";
import type { MessageActions, Stored } from "./use-message-actions";

/** What the keys need to know. */
export interface MessageKeysOptions {
  readonly timeline: Timeline;
  /** Brings a row into sight, and puts the focus on it. */
  readonly focus: (place: number) => void;
  readonly rightsOn: (message: Pick<Bubble, "senderId" | "isDeleted" | "forwardedFrom"> & { readonly outgoing?: unknown }) => Rights;
  readonly actions: MessageActions;
}

const ROW = "[data-key]";

/** The row of a message, found from anything inside it. */
export function rowOf(target: EventTarget | null): HTMLElement | undefined {
  return (target instanceof Element && target.closest<HTMLElement>(ROW)) || undefined;
}

/** The row of a message, if it is drawn. */
export function rowWith(list: HTMLElement | null, key: string): HTMLElement | undefined {
  return list?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? undefined;
}

/** What is known of the message in a row, if it is in the log. */
export function storedIn(row: HTMLElement | undefined, { placeOfKey, rowAt }: Timeline): Stored | undefined {
  const place = placeOfKey(row?.dataset["key"] ?? "");
  const found = place < 0 ? undefined : rowAt(place);
  return found && "seq" in found && found.seq !== undefined ? { ...found, seq: found.seq } : undefined;
}

/** Where a menu for the message in a row opens: at its bubble. */
export function anchorOf(row: HTMLElement): DOMRect {
  return (row.querySelector("[data-bubble]") ?? row).getBoundingClientRect();
}

/** A handler for the list. */
export function useMessageKeys({ timeline, focus, rightsOn, actions }: MessageKeysOptions): (event: KeyboardEvent<HTMLElement>) => void {
  return useCallback(
    (event) => {
      const { target, currentTarget, key } = event;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const row = target instanceof HTMLElement && target.matches(ROW) ? target : undefined;
      if (!row && target !== currentTarget) return;
      const isDone = move(row, key, timeline, focus) || (row && act(key, row, storedIn(row, timeline), { rightsOn, actions }));
      if (isDone) event.preventDefault();
    },
    [timeline, focus, rightsOn, actions],
  );
}

/** From message to message; lines about what happened are passed over. */
function move(row: HTMLElement | undefined, key: string, { entries, rowAt, placeOfKey }: Timeline, focus: (place: number) => void): boolean {
  const step = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (step === undefined) return false;
  // From the list itself one begins at the end, where the newest is.
  let to = row ? placeOfKey(row.dataset["key"] ?? "") + step : entries.length - 1;
  while (to >= 0 && to < entries.length && "note" in rowAt(to)) to += row ? step : -1;
  if (to < 0 || to >= entries.length) return false;
  focus(to);
  return true;
}

function act(key: string, row: HTMLElement, message: Stored | undefined, { rightsOn, actions }: Pick<MessageKeysOptions, "rightsOn" | "actions">): boolean {
  if (!message) return false;
  const rights = rightsOn(message);
  const anchor = anchorOf(row);
  const keys: Record<string, [isAllowed: boolean, act: () => void]> = {
    Enter: [rights.copy, () => actions.open("menu", message, anchor)],
    ContextMenu: [rights.copy, () => actions.open("menu", message, anchor)],
    "+": [rights.react, () => actions.open("picker", message, anchor)],
    c: [rights.copy && message.text !== "", () => actions.copy(message)],
    e: [rights.edit, () => actions.edit(message)],
    f: [rights.forward, () => actions.open("forwarding", message, anchor)],
    r: [rights.reply, () => actions.reply(message)],
    p: [rights.pin, () => actions.pin(message)],
    Delete: [rights.remove, () => actions.open("deletion", message, anchor)],
  };
  const [isAllowed, run] = keys[key] ?? [false, () => {}];
  if (isAllowed) run();
  return isAllowed;
}
