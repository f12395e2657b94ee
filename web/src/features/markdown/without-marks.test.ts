// What is left of markdown where a message stands in one line.
import { describe, expect, it } from "vitest";
import { withoutMarks } from "./without-marks";

describe("a line of a message", () => {
  it("has no marks of markdown", () => {
    expect(withoutMarks("It should read **V5**, *not* __V4__ or ~~V3~~ and _never_ `V*2*`.")).toBe("It should read V5, not V4 or V3 and never V*2*.");
    expect(withoutMarks("**Two things**:\n- oil the mill\n> # check it")).toBe("Two things:\noil the mill\ncheck it");
  });

  it("keeps what only looks like one", () => {
    for (const text of ["2 * 3 * 4", "2 ** 3 ** 4", "snake_case_name", "__", "****", "a*b*c", "#tag", "-1", "`", "<b>**</b>", "* "]) expect(withoutMarks(text), text).toBe(text);
  });
});
