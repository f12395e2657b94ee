// Nothing is offered that the server would refuse.
import { describe, expect, it } from "vitest";
import { Role } from "../../gen/confab/message/v1/group_pb";
import { rightsOn } from "./rights";

const MINE = { isMine: true, isDeleted: false, isOutgoing: false, isForwarded: false };
const THEIRS = { ...MINE, isMine: false };
const DIRECT = { isGroup: false, role: Role.MEMBER };
const GROUP = { isGroup: true, role: Role.MEMBER };

describe("what may be done with a message", () => {
  it("is everything with one's own", () => {
    expect(rightsOn(MINE, DIRECT)).toEqual({ react: true, reply: true, forward: true, copy: true, edit: true, remove: true, pin: true });
  });

  it("is not to edit what one has only forwarded", () => {
    expect(rightsOn({ ...MINE, isForwarded: true }, DIRECT)).toMatchObject({ edit: false, remove: true });
  });

  it("is neither to edit nor to delete what others said", () => {
    expect(rightsOn(THEIRS, DIRECT)).toMatchObject({ react: true, edit: false, remove: false, pin: true });
  });

  it("is more for those who lead a group", () => {
    expect(rightsOn(THEIRS, GROUP)).toMatchObject({ remove: false, pin: false });
    expect(rightsOn(THEIRS, { ...GROUP, role: Role.ADMIN })).toMatchObject({ edit: false, remove: true, pin: true });
    expect(rightsOn(MINE, GROUP)).toMatchObject({ edit: true, remove: true, pin: false });
  });

  it("is nothing when it is gone or not there yet", () => {
    expect(Object.values(rightsOn({ ...MINE, isDeleted: true }, DIRECT)).some(Boolean)).toBe(false);
    expect(Object.values(rightsOn({ ...MINE, isOutgoing: true }, DIRECT)).some(Boolean)).toBe(false);
  });
});
