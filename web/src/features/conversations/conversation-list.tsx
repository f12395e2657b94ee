// The list of conversations: with whom, what was last said, what is unread.
import type { ReactElement, ReactNode } from "react";
import { useStore } from "zustand";
import { addressOf } from "../../app/route";
import { useChat } from "../../chat/use-chat";
import { type LogMessage, lastMessage, unreadCount } from "../../log/log";
import { Avatar } from "../../ui/avatar";
import { DELETED } from "../../ui/deleted";
import { Notice, ProblemNotice } from "../../ui/notice";
import { ListSkeleton } from "../../ui/skeleton";
import { shortTime } from "../../ui/time";
import { type Conversation, lastTime } from "./conversations";
import { useConversationList, useFace } from "./use-conversations";

/** Unread counts beyond this are shown as "99+". */
const COUNT_MAX = 99;

/** All conversations, or why there are none. */
export function ConversationList({ selected }: { readonly selected: string | undefined }): ReactElement {
  const { conversations } = useChat();
  const { status, problem } = useStore(conversations.store);
  const list = useConversationList(selected);

  if (list.length > 0) {
    return (
      <nav aria-label="Conversations" className="min-h-0 flex-1 overflow-y-auto px-2 pb-2">
        <ul>
          {list.map((conversation) => (
            <Row key={conversation.id} conversation={conversation} selected={conversation.id === selected} />
          ))}
        </ul>
      </nav>
    );
  }
  if (status === "loading") return <ListSkeleton label="Loading conversations" />;
  if (problem) return <ProblemNotice title="No conversations to show" problem={problem} onRetry={() => void conversations.load()} />;
  return (
    <Notice icon="chats" title="No conversations yet">
      <p>Find somebody and say hello.</p>
      <a href={addressOf({ place: "people" })} className="mt-2 rounded-lg bg-accent px-4 py-2 font-medium text-on-accent hover:bg-accent-strong">
        Find people
      </a>
    </Notice>
  );
}

function Row({ conversation, selected }: { readonly conversation: Conversation; readonly selected: boolean }): ReactElement {
  const { id, name } = useFace(conversation);
  const last = lastMessage(conversation.log);
  const unread = unreadCount(conversation.log);
  return (
    <li>
      <a
        href={addressOf({ place: "conversation", id: conversation.id })}
        aria-current={selected ? "page" : undefined}
        className={`flex items-center gap-3 rounded-lg px-2 py-2 ${selected ? "bg-soft" : "hover:bg-raised"}`}
      >
        <Avatar id={id} name={name} />
        <span className="flex min-w-0 flex-1 flex-col">
          <span className="flex items-baseline gap-2">
            <bdi className={`truncate ${unread > 0 ? "font-semibold" : "font-medium"}`}>{name}</bdi>
            <time dateTime={new Date(lastTime(conversation)).toISOString()} className={`ms-auto shrink-0 text-xs ${unread > 0 ? "text-accent" : "text-muted"}`}>
              {shortTime(lastTime(conversation), Date.now())}
            </time>
          </span>
          <span className="flex items-center gap-2">
            <span className={`truncate text-sm ${unread > 0 ? "text-ink" : "text-muted"}`} dir="auto">
              <Preview message={last} />
            </span>
            {unread > 0 && <UnreadBadge count={unread} />}
          </span>
        </span>
      </a>
    </li>
  );
}

function Preview({ message }: { readonly message: LogMessage | undefined }): ReactNode {
  const { me } = useChat();
  if (!message) return "Nothing said yet";
  if (message.isDeleted) return <i>{DELETED}</i>;
  return `${message.senderId === me.userId ? "You: " : ""}${message.text}${message.isEdited ? " (edited)" : ""}`;
}

function UnreadBadge({ count }: { readonly count: number }): ReactElement {
  return (
    <span data-testid="unread" className="ms-auto min-w-5 shrink-0 rounded-full bg-accent px-1.5 text-center text-xs leading-5 font-semibold text-on-accent">
      {count > COUNT_MAX ? `${COUNT_MAX}+` : count}
      <span className="sr-only"> unread</span>
    </span>
  );
}
