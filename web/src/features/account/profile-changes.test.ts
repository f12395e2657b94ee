// @vitest-environment node
// Only what was changed is sent.
import { describe, expect, it } from "vitest";
import { changesOf } from "./profile-changes";

const ADA = { name: "Ada", statusText: "Back on Monday", timeZone: "Europe/London" };

describe("the changes of a profile", () => {
  it("are none where only white space was added", () => {
    expect(changesOf(ADA, ADA)).toEqual([]);
    expect(changesOf(ADA, { ...ADA, name: " Ada ", statusText: "Back on Monday " })).toEqual([]);
  });

  it("are called as in the contract, also when something is emptied", () => {
    expect(changesOf(ADA, { ...ADA, statusText: "" })).toEqual(["status_text"]);
    expect(changesOf(ADA, { name: "Ada L.", statusText: "Here", timeZone: "" })).toEqual(["name", "status_text", "time_zone"]);
  });
});
