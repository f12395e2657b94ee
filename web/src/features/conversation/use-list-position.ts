// Keeps a long list where its reader expects it: at the end while they are
// there, and otherwise still, whatever is put in above or turns out larger.
import { type RefObject, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { ScrollToIndexAlign, VirtualizerHandle } from "virtua";
import { rowWith } from "../message-actions/use-message-keys";
import type { Timeline } from "./timeline";
import { useHeldRow } from "./use-held-row";

/** What stands above the first row: the padding of the list, and the line that says that more is coming. */
export const ABOVE_PX = 76;
/** This near to the end counts as at the end. */
const NEAR_PX = 48;
/** A row that is to have the focus is drawn within so many frames. */
const FOCUS_FRAMES_MAX = 60;

/** A list that scrolls, of which only a part is drawn. */
export interface ListPosition {
  readonly list: RefObject<HTMLDivElement | null>;
  readonly rows: RefObject<VirtualizerHandle | null>;
  readonly isAtEnd: boolean;
  /** Whether what is new since the last time stands above everything else. */
  readonly isShifted: boolean;
  /** The row that is about to have the focus, which must be drawn. */
  readonly awaitedKey: string | undefined;
  readonly toEnd: () => void;
  /** Brings a row into sight, and stays there. */
  readonly toPlace: (place: number, align: ScrollToIndexAlign, offset?: number) => void;
  /** The same, and puts the focus on it. */
  readonly focus: (place: number, align: ScrollToIndexAlign) => void;
  readonly onScroll: (offset: number) => void;
  readonly onResize: () => void;
}

/** `startsAtEnd` tells whether one was there when the list was left; only of a live one there is an end to stay at. */
export function useListPosition({ entries, rowAt, placeOfKey }: Timeline, isLive: boolean, startsAtEnd: boolean): ListPosition {
  const list = useRef<HTMLDivElement>(null);
  const rows = useRef<VirtualizerHandle>(null);
  const [isAtEnd, setAtEnd] = useState(startsAtEnd);
  const [awaitedKey, setAwaited] = useState<string>();
  const atEnd = useRef(startsAtEnd);
  const lastOffset = useRef(0);
  const held = useHeldRow({ list, rows, placeOfKey, above: ABOVE_PX });
  const live = useRef(isLive);
  live.current = isLive;

  const note = useCallback(
    (is: boolean) => {
      if (is) held.release();
      atEnd.current = is;
      setAtEnd(is);
    },
    [held],
  );
  const stay = useCallback(() => {
    if (atEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, []);
  const count = useRef(entries.length);
  count.current = entries.length;
  const toEnd = useCallback(() => {
    note(true);
    // A way to somewhere else that is not done yet is given up.
    rows.current?.scrollToIndex(count.current - 1, { align: "end" });
    stay();
  }, [note, stay]);
  const onScroll = useCallback(
    (offset: number) => {
      const { scrollSize = 0, viewportSize = 0 } = rows.current ?? {};
      const { clientHeight = viewportSize, scrollHeight = scrollSize } = list.current ?? {};
      if (scrollHeight - offset - clientHeight < NEAR_PX) note(live.current);
      // Only a reader goes up: what is measured meanwhile makes the end go down.
      else if (offset < lastOffset.current) note(false);
      else stay();
      held.onScroll();
      lastOffset.current = offset;
    },
    [note, stay, held],
  );
  const toPlace = useCallback(
    (place: number, align: ScrollToIndexAlign, offset = 0) => {
      note(false);
      held.hold({ key: rowAt(place).key, align, offset });
    },
    [note, held, rowAt],
  );
  const focus = useCallback(
    (place: number, align: ScrollToIndexAlign) => {
      const { key } = rowAt(place);
      setAwaited(key);
      toPlace(place, align);
      focusSoon(list, key, FOCUS_FRAMES_MAX);
    },
    [rowAt, toPlace],
  );

  const firstKey = entries.length > 0 ? rowAt(0).key : undefined;
  const firstBefore = useRef(firstKey);
  const isShifted = firstBefore.current !== undefined && firstBefore.current !== firstKey && placeOfKey(firstBefore.current) > 0;
  useLayoutEffect(() => {
    firstBefore.current = firstKey;
    stay();
    if (isShifted) held.onShift();
  }, [entries, firstKey, stay, isShifted, held]);

  return useMemo(
    () => ({ list, rows, isAtEnd, isShifted, awaitedKey, toEnd, toPlace, focus, onScroll, onResize: stay }),
    [isAtEnd, isShifted, awaitedKey, toEnd, toPlace, focus, onScroll, stay],
  );
}

/** A row that is only just being drawn cannot have the focus yet. */
function focusSoon(list: RefObject<HTMLElement | null>, key: string, frames: number): void {
  const row = rowWith(list.current, key);
  row?.focus({ preventScroll: true });
  if (row && document.activeElement === row) return;
  if (frames > 0 && list.current) requestAnimationFrame(() => focusSoon(list, key, frames - 1));
}
