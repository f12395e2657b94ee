// @vitest-environment node
// What happened to a group leaves a line, once, wherever one hears of it.
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { ConversationUpdatedSchema, type Event, EventSchema, GroupCreatedSchema, MemberLeftSchema, MembersJoinedSchema, RoleChangedSchema } from "../gen/confab/message/v1/event_pb";
import { Role } from "../gen/confab/message/v1/group_pb";
import * as logs from "./log";
import { keepingOf, takeUp } from "./keeping";
import { noteOf, NOTES_MAX, withNotes } from "./notes";
import { ME, messageOf, sampleHistory } from "./sample";

function event(seq: number, kind: Event["kind"]): Event {
  return create(EventSchema, { conversationId: "c", seq: BigInt(seq), actorId: "ada", createTime: { seconds: 1_700_000_000n, nanos: 0 }, kind });
}

const JOINED: Event["kind"] = { case: "membersJoined", value: create(MembersJoinedSchema, { memberIds: ["cy"] }) };

describe("a note", () => {
  it("tells what happened, to whom, and by whom", () => {
    const kinds: Event["kind"][] = [
      { case: "groupCreated", value: create(GroupCreatedSchema, { profile: { title: "Looms" } }) },
      JOINED,
      { case: "memberLeft", value: create(MemberLeftSchema, { memberId: "cy" }) },
      { case: "roleChanged", value: create(RoleChangedSchema, { memberId: "cy", role: Role.ADMIN }) },
      { case: "conversationUpdated", value: create(ConversationUpdatedSchema, { title: "Engines", description: "x" }) },
      { case: "conversationUpdated", value: create(ConversationUpdatedSchema, { description: "x" }) },
      { case: "conversationUpdated", value: create(ConversationUpdatedSchema, { pictureId: "" }) },
    ];
    const notes = kinds.map((kind) => noteOf(event(1, kind)));
    expect(notes.map((note) => [note?.kind, note?.memberIds.join(), note?.title, note?.role])).toEqual([
      ["created", "", "Looms", undefined],
      ["joined", "cy", undefined, undefined],
      ["left", "cy", undefined, undefined],
      ["role", "cy", undefined, Role.ADMIN],
      ["title", "", "Engines", undefined],
      ["description", "", undefined, undefined],
      ["picture", "", undefined, undefined],
    ]);
    expect(noteOf(sampleHistory(1)[0]!)).toBeUndefined();
  });

  it("is there once, from the stream, from a page, and after a reload", () => {
    const history = sampleHistory(3);
    const page = history.map(messageOf).filter((message) => message !== undefined);
    const heard = logs.applyEvent(logs.openLog({ headSeq: 3n, lastMessage: page.at(-1)!, unreadCount: 0n }), event(4, JOINED), ME);
    const both = logs.addHistory(heard, page, ME, [event(2, JOINED), event(4, JOINED), event(9, JOINED)]);
    // What is beyond the events taken in comes with them.
    expect(both.notes.map(({ seq }) => Number(seq))).toEqual([2, 4]);
    const kept = keepingOf(both, undefined, undefined)!.head;
    expect(takeUp(kept).notes).toEqual(both.notes);
    const { notes: _, ...older } = kept;
    expect(takeUp(older).notes).toEqual([]);
  });

  it("gives way to newer ones", () => {
    const many = Array.from({ length: NOTES_MAX + 5 }, (_, place) => noteOf(event(place + 1, JOINED))!);
    expect(withNotes([], many).map(({ seq }) => Number(seq)).slice(0, 2)).toEqual([6, 7]);
  });
});
