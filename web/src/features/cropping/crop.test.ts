// @vitest-environment node
// The square that is taken is always inside the picture.
import { describe, expect, it } from "vitest";
import { dragged, MIDDLE, squareOf, within, ZOOM_MAX } from "./crop";

const WIDE = { width: 400, height: 200 };

describe("the square", () => {
  it("is the middle to begin with, as large as fits", () => {
    expect(squareOf(WIDE, MIDDLE)).toEqual({ left: 100, top: 0, side: 200 });
  });

  it("follows what one drags, up to the edge", () => {
    expect(squareOf(WIDE, dragged(WIDE, MIDDLE, 0.25, 0))).toEqual({ left: 50, top: 0, side: 200 });
    expect(squareOf(WIDE, dragged(WIDE, MIDDLE, -9, 9))).toEqual({ left: 200, top: 0, side: 200 });
  });

  it("is smaller the closer one looks, within reason", () => {
    expect(squareOf(WIDE, within(WIDE, { ...MIDDLE, zoom: 2 }))).toEqual({ left: 150, top: 50, side: 100 });
    expect(within(WIDE, { x: 0, y: 0, zoom: 99 }).zoom).toBe(ZOOM_MAX);
    expect(within(WIDE, { x: 0, y: 0, zoom: 0 })).toEqual({ x: 0.25, y: 0.5, zoom: 1 });
  });
});
