// What opens above the page beside the thing it belongs to: menus, pickers.
import { type ReactElement, type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef } from "react";

/** Room between the thing, the window's edge and what floats. */
const GAP_PX = 8;

/** Where the thing is that something floats beside, in the window. */
export type Anchor = Pick<DOMRect, "left" | "right" | "top" | "bottom">;

interface FloatingProps {
  readonly anchor: Anchor;
  /** Which edge of the anchor to stand at, along the line. */
  readonly align: "start" | "end";
  readonly onClose: () => void;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Stands beside `anchor`, wholly inside the window; closes on Escape and on a press elsewhere. */
export function Floating({ anchor, align, onClose, className = "", children }: FloatingProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (box.current) place(box.current, anchor, align);
  }, [anchor, align]);
  useClosing(box, onClose);
  return (
    <div ref={box} className={`floats fixed top-0 left-0 z-40 max-w-[calc(100vw-1rem)] rounded-xl border border-line bg-panel shadow-lg ${className}`}>
      {children}
    </div>
  );
}

function place(box: HTMLElement, anchor: Anchor, align: "start" | "end"): void {
  const { offsetWidth: width, offsetHeight: height } = box;
  const isFromLeft = getComputedStyle(box).direction !== "rtl";
  const left = (align === "start") === isFromLeft ? anchor.left : anchor.right - width;
  const below = anchor.bottom + GAP_PX;
  const fitsBelow = below + height + GAP_PX <= innerHeight;
  const top = fitsBelow ? below : anchor.top - height - GAP_PX;
  box.style.left = `${within(left, innerWidth - width)}px`;
  box.style.top = `${within(top, innerHeight - height)}px`;
}

function within(value: number, max: number): number {
  return Math.max(GAP_PX, Math.min(value, max - GAP_PX));
}

/** Ends when one turns to something else; the focus returns to where it was. */
function useClosing(box: RefObject<HTMLDivElement | null>, onClose: () => void): void {
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const opener = document.activeElement;
    const life = new AbortController();
    const { signal } = life;
    const element = box.current;
    const elsewhere = ({ target }: Event) => {
      if (!element?.contains(target as Node)) close.current();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" && event.key !== "Tab") return;
      event.preventDefault();
      event.stopPropagation();
      close.current();
    };
    addEventListener("pointerdown", elsewhere, { signal, capture: true });
    addEventListener("keydown", onKey, { signal, capture: true });
    addEventListener("resize", () => close.current(), { signal });
    return () => {
      life.abort();
      // Not if what was chosen has put it somewhere else.
      const { activeElement } = document;
      const isLost = !activeElement || activeElement === document.body || element?.contains(activeElement);
      if (isLost && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, [box]);
}
