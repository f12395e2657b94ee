// Moving among the buttons of a menu or a grid with the arrow keys.
import type { KeyboardEvent } from "react";

/** Where an arrow key leads in a list of `count` things with so many in a row; `undefined` if the key does not move. */
export function movedBy(key: string, from: number, count: number, columns = 1): number | undefined {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[key];
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (step === undefined || count === 0) return undefined;
  const to = from + step;
  // A menu goes round; in a grid one stops at the edge.
  if (columns === 1) return (to + count) % count;
  return to < 0 || to >= count ? from : to;
}

/** The key that does the same where lines run from right to left. */
export function mirrored(key: string): string {
  return { ArrowRight: "ArrowLeft", ArrowLeft: "ArrowRight" }[key] ?? key;
}

/** Moves the focus among the buttons inside of where the key was pressed, or among what `selector` means. */
export function rove(event: KeyboardEvent<HTMLElement>, columns = 1, selector = "button:not(:disabled)"): void {
  const isFromLeft = getComputedStyle(event.currentTarget).direction !== "rtl";
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>(selector)];
  const to = movedBy(isFromLeft ? event.key : mirrored(event.key), buttons.indexOf(document.activeElement as HTMLElement), buttons.length, columns);
  if (to === undefined) return;
  event.preventDefault();
  buttons[to]?.focus();
}
