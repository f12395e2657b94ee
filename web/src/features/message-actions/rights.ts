// What may be done with a message, and by whom. The server decides; this only
// keeps from offering what it would refuse. Pure.
import { Role } from "../../gen/confab/message/v1/group_pb";

/** What is known of a message. */
export interface Subject {
  readonly isMine: boolean;
  readonly isDeleted: boolean;
  /** Whether it is not in the log yet. */
  readonly isOutgoing: boolean;
  readonly isForwarded: boolean;
}

/** Where one looks at it. */
export interface Place {
  readonly isGroup: boolean;
  /** What the reader is there. */
  readonly role: Role;
}

/** What may be done. */
export interface Rights {
  readonly react: boolean;
  readonly reply: boolean;
  readonly forward: boolean;
  readonly copy: boolean;
  readonly edit: boolean;
  readonly remove: boolean;
  readonly pin: boolean;
}

const NONE: Rights = { react: false, reply: false, forward: false, copy: false, edit: false, remove: false, pin: false };

/** What the reader may do with a message. */
export function rightsOn({ isMine, isDeleted, isOutgoing, isForwarded }: Subject, { isGroup, role }: Place): Rights {
  if (isDeleted || isOutgoing) return NONE;
  const leads = isGroup && role >= Role.ADMIN;
  return { react: true, reply: true, forward: true, copy: true, edit: isMine && !isForwarded, remove: isMine || leads, pin: !isGroup || leads };
}
