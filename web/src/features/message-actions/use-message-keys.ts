// The keyboard among the messages: arrows move, letters do things.
import { type KeyboardEvent, useCallback } from "react";
import type { Bubble } from "../conversation/timeline";
import type { Rights } from "./rights";
import type { MessageActions, Stored } from "./use-message-actions";

/** What the keys need to know. */
export interface MessageKeysOptions {
  readonly bubbles: readonly Bubble[];
  readonly rightsOn: (message: Pick<Bubble, "senderId" | "isDeleted" | "forwardedFrom"> & { readonly outgoing?: unknown }) => Rights;
  readonly actions: MessageActions;
}

/** The row of a message, found from anything inside it. */
export function rowOf(target: EventTarget | null): HTMLElement | undefined {
  return (target instanceof Element && target.closest<HTMLElement>("li[data-key]")) || undefined;
}

/** What is known of the message in a row, if it is in the log. */
export function storedIn(row: HTMLElement | undefined, bubbles: readonly Bubble[]): Stored | undefined {
  const bubble = bubbles.find(({ key }) => key === row?.dataset["key"]);
  return bubble?.seq === undefined ? undefined : { ...bubble, seq: bubble.seq };
}

/** Where a menu for the message in a row opens: at its bubble. */
export function anchorOf(row: HTMLElement): DOMRect {
  return (row.querySelector("[data-bubble]") ?? row).getBoundingClientRect();
}

/** A handler for the list. */
export function useMessageKeys({ bubbles, rightsOn, actions }: MessageKeysOptions): (event: KeyboardEvent<HTMLElement>) => void {
  return useCallback(
    (event) => {
      const { target, currentTarget, key } = event;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const row = target instanceof HTMLElement && target.matches("li[data-key]") ? target : undefined;
      if (!row && target !== currentTarget) return;
      const isDone = move(currentTarget, row, key) || (row && act(key, row, storedIn(row, bubbles), { rightsOn, actions }));
      if (isDone) event.preventDefault();
    },
    [bubbles, rightsOn, actions],
  );
}

function move(list: HTMLElement, row: HTMLElement | undefined, key: string): boolean {
  if (key !== "ArrowUp" && key !== "ArrowDown") return false;
  const rows = [...list.querySelectorAll<HTMLElement>("li[data-key]")];
  // From the list itself one begins at the end, where the newest is.
  const to = row ? rows[rows.indexOf(row) + (key === "ArrowUp" ? -1 : 1)] : rows.at(-1);
  to?.focus();
  to?.scrollIntoView({ block: "nearest" });
  return to !== undefined;
}

function act(key: string, row: HTMLElement, message: Stored | undefined, { rightsOn, actions }: Omit<MessageKeysOptions, "bubbles">): boolean {
  if (!message) return false;
  const rights = rightsOn(message);
  const anchor = anchorOf(row);
  const keys: Record<string, [isAllowed: boolean, act: () => void]> = {
    Enter: [rights.copy, () => actions.open("menu", message, anchor)],
    ContextMenu: [rights.copy, () => actions.open("menu", message, anchor)],
    "+": [rights.react, () => actions.open("picker", message, anchor)],
    c: [rights.copy, () => actions.copy(message)],
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
