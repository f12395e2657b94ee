// What a bubble says of a message that was changed, and of who said it.
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { BubbleRow } from "./bubble-row";
import type { MessageActions } from "../message-actions/use-message-actions";
import type { Bubble } from "./timeline";

const BUBBLE: Bubble = { key: "1", senderId: "ada", text: "hello", isEdited: false, isDeleted: false, isPinned: false, reactions: [], attachments: [], replyToSeq: 0n, mentionIds: [], forwardedFrom: undefined, createTime: 1_700_000_000_000, startsUnread: false, startsDay: false, startsGroup: true, endsGroup: false };

const ignore = () => {};
const ACTIONS: MessageActions = { open: ignore, look: () => {}, close: ignore, toggle: ignore, copy: ignore, copyLink: ignore, pin: ignore, reply: ignore, edit: ignore, stopEditing: ignore, stopReplying: ignore };

function show(bubble: Partial<Bubble>, props: { readonly isMine?: boolean; readonly showsSender?: boolean; readonly isActive?: boolean } = {}): void {
  render(<BubbleRow bubble={{ ...BUBBLE, ...bubble }} isMine={false} senderName="Ada" showsSender={false} conversationId="c" quoted={undefined} onJump={ignore} reach="sent" readerIds="" isActive={false} isFlashed={false} actions={ACTIONS} onRetry={ignore} onDiscard={ignore} onEdit={ignore} {...props} />);
}

afterEach(cleanup);

describe("a bubble", () => {
  it("says that a message was deleted", () => {
    show({ text: "", isDeleted: true });
    expect(screen.getByText("This message was deleted.").tagName).toBe("I");
  });

  it("says that a message was edited, wherever it stands", () => {
    show({ isEdited: true });
    expect(screen.getByText("hello")).toBeTruthy();
    expect(screen.getByText("edited").previousElementSibling?.tagName).toBe("TIME");
  });

  it("offers what can be done with it while it is pointed at, unless it is gone", () => {
    show({ seq: 1n }, { isActive: true });
    expect(screen.getByRole("button", { name: "More actions" }).getAttribute("aria-haspopup")).toBe("menu");
    cleanup();
    show({ seq: 1n }, { isActive: false });
    expect(screen.queryByRole("button")).toBeNull();
    show({ seq: 1n, text: "", isDeleted: true }, { isActive: true });
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("has the name of who said it above in a group, once for what stands together", () => {
    show({}, { showsSender: true });
    expect(screen.getByText("Ada")).toBeTruthy();
    cleanup();
    show({ startsGroup: false }, { showsSender: true });
    expect(screen.queryByText("Ada")).toBeNull();
    cleanup();
    show({}, { showsSender: true, isMine: true });
    expect(screen.queryByText("Ada")).toBeNull();
    cleanup();
    show({});
    expect(screen.queryByText("Ada")).toBeNull();
  });
});
