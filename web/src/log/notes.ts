// What happened in a group beside what was said: who came, who left, what it
// is called now. Pure.
import type { Event } from "../gen/confab/message/v1/event_pb";
import type { Role } from "../gen/confab/message/v1/group_pb";

/** Notes held of a conversation; the oldest give way. */
export const NOTES_MAX = 1_000;

/** What happened, as far as a line can tell. */
export type NoteKind = "created" | "joined" | "left" | "role" | "title" | "description" | "picture";

/** Something that happened. */
export interface Note {
  readonly seq: bigint;
  readonly kind: NoteKind;
  /** Who did it. */
  readonly actorId: string;
  /** With whom it was done; whoever left may have done it themselves. */
  readonly memberIds: readonly string[];
  /** What somebody is now, if that changed. */
  readonly role: Role | undefined;
  /** What the group is called now, if that changed. */
  readonly title: string | undefined;
  /** Milliseconds since 1970. */
  readonly createTime: number;
}

/** The note that an event leaves, if it leaves one. */
export function noteOf({ seq, actorId, createTime, kind }: Event): Note | undefined {
  const note = { seq, actorId, createTime: createTime ? Number(createTime.seconds) * 1000 : 0, memberIds: [], role: undefined, title: undefined };
  switch (kind.case) {
    case "groupCreated":
      return { ...note, kind: "created", title: kind.value.profile?.title };
    case "membersJoined":
      return { ...note, kind: "joined", memberIds: kind.value.memberIds };
    case "memberLeft":
      return { ...note, kind: "left", memberIds: [kind.value.memberId] };
    case "roleChanged":
      return { ...note, kind: "role", memberIds: [kind.value.memberId], role: kind.value.role };
    case "conversationUpdated":
      if (kind.value.title !== undefined) return { ...note, kind: "title", title: kind.value.title };
      return { ...note, kind: kind.value.pictureId === undefined ? "description" : "picture" };
    default:
      return undefined;
  }
}

/** All notes together, in order and each once. */
export function withNotes(notes: readonly Note[], more: readonly Note[]): readonly Note[] {
  const known = new Set(notes.map(({ seq }) => seq));
  const fresh = more.filter(({ seq }) => !known.has(seq));
  if (fresh.length === 0) return notes;
  return [...notes, ...fresh].sort((a, b) => (a.seq < b.seq ? -1 : 1)).slice(-NOTES_MAX);
}
