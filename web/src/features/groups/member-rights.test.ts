// Owners lead admins, admins lead members.
import { describe, expect, it } from "vitest";
import { Role } from "../../gen/confab/message/v1/group_pb";
import { leads, mayRemove, rolesToGive } from "./member-rights";

describe("in a group", () => {
  it("admins and owners lead", () => {
    expect([Role.MEMBER, Role.ADMIN, Role.OWNER].map(leads)).toEqual([false, true, true]);
  });

  it("admins take members out, owners anybody", () => {
    expect([Role.MEMBER, Role.ADMIN, Role.OWNER].map((theirs) => mayRemove(Role.ADMIN, theirs))).toEqual([true, false, false]);
    expect([Role.MEMBER, Role.ADMIN, Role.OWNER].map((theirs) => mayRemove(Role.OWNER, theirs))).toEqual([true, true, true]);
    expect(mayRemove(Role.MEMBER, Role.MEMBER)).toBe(false);
  });

  it("only owners say who is what, and nobody is made what they are", () => {
    expect(rolesToGive(Role.ADMIN, Role.MEMBER)).toEqual([]);
    expect(rolesToGive(Role.OWNER, Role.ADMIN)).toEqual([Role.OWNER, Role.MEMBER]);
  });
});
