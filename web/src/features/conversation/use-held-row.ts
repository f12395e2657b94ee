// Keeps a row where one was brought to it, although older ones are put in above.
import { type RefObject, useEffect, useMemo, useRef } from "react";
import type { ScrollToIndexAlign, VirtualizerHandle } from "virtua";
import type { Timeline } from "./timeline";

/** What somebody does who wants to be elsewhere. */
const TURNS = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

/** A row that was brought into sight, and where. */
interface Held {
  readonly key: string;
  readonly align: ScrollToIndexAlign;
  /** In pixels. */
  readonly offset: number;
}

/** Holds one row, or none. */
export interface HeldRow {
  /** Brings a row into sight, and holds it there until somebody turns elsewhere. */
  readonly hold: (row: Held) => void;
  readonly release: () => void;
  /** To be called when the list was scrolled: whoever does not see the row any more is elsewhere. */
  readonly onScroll: () => void;
  /** To be called when rows were put in above. As long as those around the held one are being measured, that moves it. */
  readonly onShift: () => void;
}

interface HeldRowOptions extends Pick<Timeline, "placeOfKey"> {
  readonly list: RefObject<HTMLElement | null>;
  readonly rows: RefObject<VirtualizerHandle | null>;
  /** What stands above the first row, in pixels. */
  readonly above: number;
}

/** Holds a row of `list`. */
export function useHeldRow({ list, rows, placeOfKey, above }: HeldRowOptions): HeldRow {
  const held = useRef<Held>(undefined);
  const find = useRef(placeOfKey);
  find.current = placeOfKey;

  const row = useMemo<HeldRow>(() => {
    const release = () => (held.current = undefined);
    const show = () => {
      const place = held.current ? find.current(held.current.key) : -1;
      if (held.current && place >= 0) rows.current?.scrollToIndex(place, held.current);
    };
    return {
      hold: (next) => {
        held.current = next;
        show();
      },
      release,
      onScroll: () => {
        if (held.current && isOutOfSight(rows.current, find.current(held.current.key), above)) release();
      },
      onShift: show,
    };
  }, [rows, above]);

  useEffect(() => {
    const { current } = list;
    for (const kind of TURNS) current?.addEventListener(kind, row.release, { passive: true });
    return () => {
      for (const kind of TURNS) current?.removeEventListener(kind, row.release);
    };
  }, [list, row]);
  return row;
}

/** Whether a row is not in sight, as far as its size is known; nothing is, before the list has a size. */
function isOutOfSight(rows: VirtualizerHandle | null, place: number, above: number): boolean {
  if (!rows || rows.viewportSize === 0) return false;
  if (place < 0) return true;
  const top = rows.getItemOffset(place) + above - rows.scrollOffset;
  return top >= rows.viewportSize || top + rows.getItemSize(place) <= 0;
}
