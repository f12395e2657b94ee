// Who may do what with whom in a group. The server decides; this only keeps
// from offering what it would refuse. Pure.
import { Role } from "../../gen/confab/message/v1/group_pb";
import { type PlainPhrase } from "../../words/say";

/** Whether somebody changes the profile, and brings people in. */
export function leads(role: Role): boolean {
  return role >= Role.ADMIN;
}

/** Whether somebody may take a member out. */
export function mayRemove(mine: Role, theirs: Role): boolean {
  return mine === Role.OWNER || (mine === Role.ADMIN && theirs === Role.MEMBER);
}

/** What somebody may make of a member. */
export function rolesToGive(mine: Role, theirs: Role): readonly Role[] {
  if (mine !== Role.OWNER) return [];
  return [Role.OWNER, Role.ADMIN, Role.MEMBER].filter((role) => role !== theirs);
}

/** What a role is called, and what one says to give it. */
export const ROLES: Record<Role, { readonly name: PlainPhrase; readonly make: PlainPhrase }> = {
  [Role.OWNER]: { name: "group.owner", make: "group.makeOwner" },
  [Role.ADMIN]: { name: "group.admin", make: "group.makeAdmin" },
  [Role.MEMBER]: { name: "group.member", make: "group.makeMember" },
  [Role.UNSPECIFIED]: { name: "group.member", make: "group.makeMember" },
};
