// How large a picture is looked at, and which part of it. Pure.

/** As large as fits the window is 1; moved in pixels of the window. */
export interface Look {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** All of it. */
export const UNTOUCHED: Look = { scale: 1, x: 0, y: 0 };
/** Larger than this there is nothing more to see. */
export const SCALE_MAX = 12;

/** Larger or smaller around the middle of the window. */
export function zoomed({ scale, x, y }: Look, factor: number): Look {
  const next = Math.max(1, Math.min(SCALE_MAX, scale * factor));
  if (next <= 1) return UNTOUCHED;
  return { scale: next, x: (x * next) / scale, y: (y * next) / scale };
}

/** Dragged, but never out of sight. */
export function moved({ scale, x, y }: Look, across: number, down: number, { width, height }: { readonly width: number; readonly height: number }): Look {
  const within = (value: number, side: number) => {
    const room = (side * (scale - 1)) / 2;
    return Math.max(-room, Math.min(room, value));
  };
  return { scale, x: within(x + across, width), y: within(y + down, height) };
}
