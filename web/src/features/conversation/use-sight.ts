// What is in sight of a long list: which day, whether what was unread is above,
// where one is. Fetches what is older before it is reached.
import { useCallback, useEffect, useRef, useState } from "react";
import { useChat } from "../../chat/use-chat";
import type { Timeline } from "./timeline";
import { ABOVE_PX, type ListPosition } from "./use-list-position";
import type { Passage } from "./use-passage";

/** So near to the first message, or the last one of an excerpt, more are fetched. */
const SOON_PX = 1_200;

/** What is told of what is in sight. */
export interface Sight {
  /** Whether the first message that was unread stands above it. */
  readonly isUnreadAbove: boolean;
  /** When what stands at the upper edge was said. */
  readonly topTime: number | undefined;
}

interface SightOptions {
  readonly id: string;
  readonly timeline: Timeline;
  readonly position: ListPosition;
  readonly passage: Passage;
  /** Whether one is on the way to some message: where one is then does not count. */
  readonly isGoing: boolean;
}

/** `look` is to be called whenever something may have come into sight. */
export function useSight({ id, timeline, position, passage, isGoing }: SightOptions): { readonly sight: Sight; readonly look: () => void } {
  const { places } = useChat();
  const [isUnreadAbove, setUnreadAbove] = useState(false);
  const [topTime, setTopTime] = useState<number>();
  const latest = useRef({ timeline, passage });
  latest.current = { timeline, passage };
  const { rows, isAtEnd } = position;
  const going = useRef(isGoing);
  going.current = isGoing;
  const atEnd = useRef(isAtEnd);
  atEnd.current = isAtEnd;

  const look = useCallback(() => {
    const { current } = rows;
    const { timeline: now, passage: { history, isLive, loadNewer } } = latest.current;
    if (!current || current.viewportSize === 0) return;
    const left = current.scrollSize - current.scrollOffset - current.viewportSize;
    if (history.status === "ready" && current.scrollOffset < SOON_PX && !history.isComplete) history.loadOlder();
    else if (history.status === "ready" && !isLive && left < SOON_PX) loadNewer();
    const place = Math.min(current.findItemIndex(current.scrollOffset), now.entries.length - 1);
    const first = now.entries[place];
    // To the day, so that not every movement is drawn.
    setTopTime(first && new Date(first.createTime).setHours(0, 0, 0, 0));
    setUnreadAbove(now.unreadPlace < 0 || current.getItemOffset(now.unreadPlace) + ABOVE_PX < current.scrollOffset);
  }, [rows]);
  // What was fetched may not fill the window.
  useEffect(look, [look, timeline, passage]);

  useEffect(() => {
    const leave = () => {
      const { current } = rows;
      const { entries } = latest.current.timeline;
      if (!current || current.viewportSize === 0 || going.current) return;
      const place = current.findItemIndex(current.scrollOffset);
      const first = entries[place];
      const isStored = first !== undefined && "ordinal" in first;
      places.set(id, !atEnd.current && isStored ? { seq: first.seq, offset: current.scrollOffset - ABOVE_PX - current.getItemOffset(place) } : undefined);
    };
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      // Whoever turns to another conversation comes back to the end of this one.
      places.set(id, undefined);
    };
  }, [id, rows, places]);
  return { sight: { isUnreadAbove, topTime }, look };
}
