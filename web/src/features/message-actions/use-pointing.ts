// Which message is pointed at, or has the focus, or is held down.
import { type FocusEvent, type PointerEvent, useMemo, useState } from "react";
import type { Timeline } from "../conversation/timeline";
import { type LongPress, useLongPress } from "./use-long-press";
import type { MessageActions } from "./use-message-actions";
import { anchorOf, rowOf, storedIn } from "./use-message-keys";

/** What to put on the list, and which of its rows is the one. */
export interface Pointing {
  readonly activeKey: string | undefined;
  /** The row that has the focus. */
  readonly focusedKey: string | undefined;
  readonly handlers: LongPress & {
    readonly onPointerOver: (event: PointerEvent) => void;
    readonly onPointerLeave: () => void;
    readonly onFocus: (event: FocusEvent) => void;
    readonly onBlur: () => void;
  };
}

/** One handler for all rows: a long conversation has many. */
export function usePointing(timeline: Timeline, actions: MessageActions): Pointing {
  const [pointed, setPointed] = useState<string>();
  const [focused, setFocused] = useState<string>();
  const longPress = useLongPress((target) => {
    const row = rowOf(target);
    const message = storedIn(row, timeline);
    if (row && message && !message.isDeleted) actions.open("menu", message, anchorOf(row));
  });
  const handlers = useMemo(
    () => ({
      ...longPress,
      onPointerOver: ({ target, pointerType }: PointerEvent) => pointerType !== "touch" && setPointed(rowOf(target)?.dataset["key"]),
      onPointerLeave: () => setPointed(undefined),
      onFocus: ({ target }: FocusEvent) => setFocused(rowOf(target)?.dataset["key"]),
      onBlur: () => setFocused(undefined),
    }),
    [longPress],
  );
  return { activeKey: pointed ?? focused, focusedKey: focused, handlers };
}
