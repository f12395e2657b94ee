// A finger that stays on something asks what can be done with it.
import { type MouseEvent, type TouchEvent, useMemo, useRef } from "react";

/** As long as phones take it for themselves. */
const HOLD_MS = 450;
/** A finger that moves further than this scrolls. */
const WOBBLE_PX = 10;

/** What to put on the list in which things are held down. */
export interface LongPress {
  readonly onTouchStart: (event: TouchEvent) => void;
  readonly onTouchMove: (event: TouchEvent) => void;
  readonly onTouchEnd: (event: TouchEvent) => void;
  readonly onTouchCancel: () => void;
  readonly onContextMenu: (event: MouseEvent) => void;
}

/** Calls `onHold` with what was held down. */
export function useLongPress(onHold: (target: Element) => void): LongPress {
  const latest = useRef(onHold);
  latest.current = onHold;
  return useMemo(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let begin = { x: 0, y: 0 };
    let wasHeld = false;
    const stop = () => clearTimeout(timer);
    return {
      onTouchStart: ({ touches, target }) => {
        stop();
        wasHeld = false;
        const touch = touches[0];
        if (!touch || touches.length > 1) return;
        begin = { x: touch.clientX, y: touch.clientY };
        timer = setTimeout(() => {
          wasHeld = true;
          latest.current(target as Element);
        }, HOLD_MS);
      },
      onTouchMove: ({ touches }) => {
        const touch = touches[0];
        if (!touch || Math.hypot(touch.clientX - begin.x, touch.clientY - begin.y) > WOBBLE_PX) stop();
      },
      onTouchEnd: (event) => {
        stop();
        // Otherwise the finger that goes up presses what has just opened under it.
        if (wasHeld) event.preventDefault();
      },
      onTouchCancel: stop,
      onContextMenu: (event) => {
        const { pointerType } = event.nativeEvent as PointerEvent;
        // The browser's own menu is for the mouse, which has buttons to press instead.
        if (pointerType === "touch") event.preventDefault();
      },
    };
  }, []);
}
