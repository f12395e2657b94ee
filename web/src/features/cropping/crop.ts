// Which square of a picture is taken. Pure.

/** The side of the picture that is made, in pixels. */
export const PICTURE_PX = 512;
/** So much closer one can go. */
export const ZOOM_MAX = 5;

/** A picture by its sides. */
export interface Sides {
  readonly width: number;
  readonly height: number;
}

/** Where the middle of the square is, in parts of the picture, and how close one looks: at 1 it is as large as fits. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** The middle of it, as large as fits. */
export const MIDDLE: Crop = { x: 0.5, y: 0.5, zoom: 1 };

/** The square, in pixels of the picture. */
export function squareOf({ width, height }: Sides, { x, y, zoom }: Crop): { readonly left: number; readonly top: number; readonly side: number } {
  const side = Math.min(width, height) / zoom;
  return { left: x * width - side / 2, top: y * height - side / 2, side };
}

/** The crop nearest to one that does not reach over the edge. */
export function within(sides: Sides, { x, y, zoom }: Crop): Crop {
  const close = Math.max(1, Math.min(ZOOM_MAX, zoom));
  const half = Math.min(sides.width, sides.height) / close / 2;
  const clamp = (value: number, length: number) => Math.max(half / length, Math.min(1 - half / length, value));
  return { x: clamp(x, sides.width), y: clamp(y, sides.height), zoom: close };
}

/** Dragged by parts of the square's side. */
export function dragged(sides: Sides, crop: Crop, across: number, down: number): Crop {
  const { side } = squareOf(sides, crop);
  return within(sides, { ...crop, x: crop.x - (across * side) / sides.width, y: crop.y - (down * side) / sides.height });
}
