// One conversation, as it is held here.
import type { Role } from "../../gen/confab/message/v1/group_pb";
import type { ConversationKind, Conversation as Listed } from "../../gen/confab/message/v1/conversation_service_pb";
import * as logs from "../../log/log";

/** A conversation. */
export interface Conversation {
  readonly id: string;
  readonly kind: ConversationKind;
  /** Of a group, only some. */
  readonly memberIds: readonly string[];
  /** When it was opened, in milliseconds since 1970. */
  readonly createTime: number;
  readonly log: logs.Log;
  /** What the reader may do; of groups only. */
  readonly role: Role;
  readonly memberCount: number;
  /** What a group is about. */
  readonly description: string;
  /** The picture of a group; empty if it has none. */
  readonly pictureId: string;
  /** How often it has changed itself: its members, its profile, its pins. */
  readonly revision: bigint;
  /** Until when it is muted, in milliseconds since 1970; 0 if it is not. */
  readonly muteUntil: number;
  /** Whether the reader has put it away. */
  readonly isArchived: boolean;
}

/** What a list says of a conversation, put onto what was known. */
export function fromListed(listed: Listed, before: Conversation | undefined): Conversation {
  const { conversationId: id, kind, createTime, muteUntilTime, archived, revision } = listed;
  const log = before ? logs.takeSummary(before.log, listed) : logs.openLog(listed);
  // Of two answers the one that was given later may come first. How one keeps it oneself has no revision.
  const { revision: at, memberIds, role, memberCount, description, pictureId } = before && before.revision > revision ? before : { revision, memberIds: listed.memberIds, role: listed.role, memberCount: listed.memberCount, description: listed.profile?.description ?? "", pictureId: listed.profile?.pictureId ?? "" };
  return { id, kind, revision: at, memberIds, role, memberCount, description, pictureId, createTime: seconds(createTime), muteUntil: seconds(muteUntilTime), isArchived: archived, log };
}

function seconds(time: Listed["createTime"]): number {
  return Number(time?.seconds ?? 0n) * 1000;
}

/** When something was last said, or the conversation was opened. */
export function lastTime({ log, createTime }: Conversation): number {
  return logs.lastMessage(log)?.createTime ?? createTime;
}
