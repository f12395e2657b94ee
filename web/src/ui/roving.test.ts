// Arrow keys in menus and grids.
import { describe, expect, it } from "vitest";
import { mirrored, movedBy } from "./roving";

describe("an arrow key", () => {
  it("goes round in a menu", () => {
    expect([movedBy("ArrowDown", 0, 3), movedBy("ArrowDown", 2, 3), movedBy("ArrowUp", 0, 3)]).toEqual([1, 0, 2]);
    expect([movedBy("Home", 2, 3), movedBy("End", 0, 3)]).toEqual([0, 2]);
  });

  it("stops at the edges of a grid", () => {
    expect([movedBy("ArrowDown", 1, 10, 4), movedBy("ArrowDown", 9, 10, 4), movedBy("ArrowUp", 1, 10, 4), movedBy("ArrowRight", 9, 10, 4)]).toEqual([5, 9, 1, 9]);
  });

  it("goes along the line, also where that runs from right to left", () => {
    expect(["ArrowLeft", "ArrowRight", "ArrowDown", "Home"].map(mirrored)).toEqual(["ArrowRight", "ArrowLeft", "ArrowDown", "Home"]);
  });

  it("is no other key", () => {
    expect(movedBy("a", 0, 3)).toBeUndefined();
    expect(movedBy("ArrowDown", -1, 0)).toBeUndefined();
  });
});
