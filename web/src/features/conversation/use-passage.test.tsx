// A part of long ago is shown, grows, and is part of the whole in the end.
import { createRouterTransport } from "@connectrpc/connect";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { FakeWorld } from "../../api/fake-world";
import { createApi } from "../../api/transport";
import type { Chat } from "../../chat/chat";
import { ChatContext } from "../../chat/use-chat";
import { ConversationKind, ConversationService } from "../../gen/confab/message/v1/conversation_service_pb";
import { MessageService } from "../../gen/confab/message/v1/message_service_pb";
import { MESSAGES_MAX } from "../../log/log";
import { ME, messageOf, sampleHistory } from "../../log/sample";
import { Conversations } from "../conversations/conversations";
import { useConversation } from "../conversations/use-conversations";
import { usePassage } from "./use-passage";

const all = sampleHistory(800).map(messageOf).filter((message) => message !== undefined);
const PAGE = 100;

async function start() {
  let isDown = false;
  const transport = createRouterTransport(({ service }) => {
    service(ConversationService, { listConversations: ({ archived }) => (archived ? {} : { conversations: [{ conversationId: "c", kind: ConversationKind.DIRECT, memberIds: [ME], headSeq: 800n, lastMessage: all.at(-1)!, unreadCount: 0n }] }) });
    service(MessageService, {
      listMessages: ({ pageToken, start: from }) => {
        if (isDown) throw new Error("down");
        const after = from.case === "afterSeq" ? from.value : undefined;
        const first = after === undefined ? -1 : all.findIndex(({ seq }) => seq > after);
        const end = pageToken !== "" ? Number(pageToken) : after === undefined ? all.length : first < 0 ? 0 : Math.min(all.length, first + PAGE);
        const begin = first > 0 ? first : Math.max(0, end - PAGE);
        return { messages: all.slice(begin, end).toReversed(), nextPageToken: begin > 0 ? String(begin) : "" };
      },
    });
  });
  const life = new AbortController();
  const api = createApi(transport);
  const conversations = new Conversations(api, ME, new FakeWorld(), life.signal);
  await conversations.loaded();
  const chat = { api, conversations, me: { userId: ME } } as unknown as Chat;
  const wrapper = ({ children }: { readonly children: ReactNode }) => <ChatContext value={chat}>{children}</ChatContext>;
  const { result } = renderHook(() => usePassage(useConversation("c")!), { wrapper });
  await waitFor(() => expect(result.current.history.status).toBe("ready"));
  const ordinals = () => [result.current.messages[0], result.current.messages.at(-1)].map((message) => Number(message?.ordinal));
  return { result, ordinals, conversations, setDown: (is: boolean) => (isDown = is) };
}

afterEach(cleanup);

describe("a passage", () => {
  it("is the end of the conversation until one goes elsewhere", async () => {
    const { result, ordinals } = await start();
    expect([result.current.isLive, ...ordinals()]).toEqual([true, 501, 600]);
    await act(async () => void (await result.current.open({ case: "afterSeq", value: 12n })));
    expect([result.current.isLive, ...ordinals()]).toEqual([false, 10, 109]);
    act(() => result.current.close());
    expect([result.current.isLive, ...ordinals()]).toEqual([true, 501, 600]);
  });

  it("grows both ways, and is the whole once nothing is missing", async () => {
    const { result, ordinals } = await start();
    await act(async () => void (await result.current.open({ case: "afterSeq", value: 400n })));
    const { key } = result.current;
    act(() => result.current.history.loadOlder());
    await waitFor(() => expect(ordinals()).toEqual([201, 400]));
    act(() => result.current.loadNewer());
    await waitFor(() => expect(result.current.isLive).toBe(true));
    // What is drawn stays where it is: it has only grown.
    expect([result.current.key, ...ordinals()]).toEqual([key, 201, 600]);
    act(() => result.current.history.loadOlder());
    await waitFor(() => expect(ordinals()).toEqual([101, 600]));
  });

  it("says when no more is held, and not that it begins there", async () => {
    const { result, conversations } = await start();
    const conversation = conversations.get("c")!;
    const [oldest, ...rest] = conversation.log.messages;
    const messages = [...Array.from({ length: MESSAGES_MAX - rest.length }, () => oldest!), ...rest];
    act(() => conversations.store.setState({ byId: new Map([["c", { ...conversation, log: { ...conversation.log, messages } }]]) }));
    expect(result.current.history).toMatchObject({ isFull: true, isComplete: false });
    act(() => result.current.history.loadOlder());
    expect(result.current.history.status).toBe("ready");
    const [first] = all;
    act(() => conversations.store.setState({ byId: new Map([["c", { ...conversation, log: { ...conversation.log, messages: messages.with(0, { ...oldest!, seq: first!.seq, ordinal: 1n }) } }]]) }));
    expect(result.current.history.isFull).toBe(false);
  });

  it("stays what it was if a part cannot be read, and says why", async () => {
    const { result, ordinals, setDown } = await start();
    setDown(true);
    let could = true;
    await act(async () => void (could = await result.current.open({ case: "afterSeq", value: 12n })));
    expect([could, result.current.isLive, ...ordinals()]).toEqual([false, true, 501, 600]);
  });
});
