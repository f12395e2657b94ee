// Keeps a list of messages where its reader expects it: at the end while they
// are there, and still while older messages are put in above.
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

/** This near to the end counts as at the end. */
const NEAR_PX = 48;

/** A list that scrolls. */
export interface StickyScroll {
  readonly list: RefObject<HTMLDivElement | null>;
  readonly isAtEnd: boolean;
  readonly toEnd: () => void;
  /** Brings a row into the middle, and stays there. */
  readonly toRow: (row: HTMLElement) => void;
  readonly onScroll: () => void;
}

/** `firstKey` names the first thing in the list, `lastKey` the last. */
export function useStickyScroll(firstKey: string | undefined, lastKey: string | undefined): StickyScroll {
  const list = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const atEnd = useRef(true);
  const before = useRef({ firstKey, height: 0 });

  const toEnd = useCallback(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, []);
  const onScroll = useCallback(() => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = list.current ?? {};
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    setAtEnd(atEnd.current);
  }, []);

  const toRow = useCallback(
    (row: HTMLElement) => {
      atEnd.current = false;
      row.scrollIntoView({ block: "center" });
      onScroll();
    },
    [onScroll],
  );

  useLayoutEffect(() => {
    const { current } = list;
    if (!current) return;
    if (atEnd.current) toEnd();
    else if (before.current.firstKey !== firstKey) current.scrollTop += current.scrollHeight - before.current.height;
    before.current = { firstKey, height: current.scrollHeight };
  }, [firstKey, lastKey, toEnd]);

  // The composer grows, a keyboard opens, a message turns out to need more room.
  useEffect(() => {
    const { current } = list;
    if (!current) return;
    const observer = new ResizeObserver(() => atEnd.current && toEnd());
    observer.observe(current);
    for (const child of current.children) observer.observe(child);
    return () => observer.disconnect();
  }, [toEnd]);

  return useMemo(() => ({ list, isAtEnd, toEnd, toRow, onScroll }), [isAtEnd, toEnd, toRow, onScroll]);
}
