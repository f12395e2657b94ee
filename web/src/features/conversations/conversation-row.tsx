// One conversation in a list.
import type { ReactElement, ReactNode } from "react";
import { addressOf } from "../../app/route";
import { useChat, usePerson } from "../../chat/use-chat";
import { type LogMessage, lastMessage, unreadCount } from "../../log/log";
import { Avatar } from "../../ui/avatar";
import { Icon } from "../../ui/icons";
import { shortTime } from "../../ui/time";
import { isolated } from "../../words/isolated";
import { say } from "../../words/say";
import { summaryOf } from "../attachments/words";
import type { Person } from "../people/people";
import { useSeen } from "../presence/use-presence";
import { useWritingWords } from "../typing/use-writers";
import { type Conversation, lastTime } from "./conversation";
import { isGroup, isMuted, otherOf, useFace } from "./use-conversations";

/** Unread counts beyond this are shown as "99+". */
const COUNT_MAX = 99;

interface ConversationRowProps {
  readonly conversation: Conversation;
  readonly selected: boolean;
  /** Whether the Tab key leads to it. */
  readonly isStop?: boolean;
}

/** Who or what, what was last said and when, what is unread. */
export function ConversationRow({ conversation, selected, isStop = true }: ConversationRowProps): ReactElement {
  const { me } = useChat();
  const face = useFace(conversation);
  const isOnline = useSeen(otherOf(conversation, me.userId))?.isOnline ?? false;
  const writing = useWritingWords(conversation.id);
  const { name } = face;
  const muted = isMuted(conversation);
  const unread = unreadCount(conversation.log);
  return (
    <li>
      <a
        href={addressOf({ place: "conversation", id: conversation.id })}
        aria-current={selected ? "page" : undefined}
        tabIndex={isStop ? undefined : -1}
        className={`flex items-center gap-3 rounded-lg px-2 py-2 ${selected ? "bg-soft" : "hover:bg-raised"}`}
      >
        <Avatar {...face} isOnline={isOnline} />
        <span className="flex min-w-0 flex-1 flex-col">
          <span className="flex items-baseline gap-2">
            <bdi className={`truncate ${unread > 0 ? "font-semibold" : "font-medium"}`}>{name}</bdi>
            {isOnline && <span className="sr-only">{say("conversations.online")}</span>}
            {muted && <Icon name="bellOff" className="size-3.5 self-center text-muted" />}
            {muted && <span className="sr-only">{say("conversations.muted")}</span>}
            <time dateTime={new Date(lastTime(conversation)).toISOString()} className={`ms-auto shrink-0 text-xs ${unread > 0 ? "text-accent" : "text-muted"}`}>
              {shortTime(lastTime(conversation), Date.now())}
            </time>
          </span>
          <span className="flex items-center gap-2">
            <span className={`truncate text-sm ${unread > 0 ? "text-ink" : "text-muted"}`} dir="auto">
              {writing === "" ? <Preview conversation={conversation} /> : <span className="text-accent">{isGroup(conversation) ? writing : say("conversation.writing")}</span>}
            </span>
            {unread > 0 && <UnreadBadge count={unread} isMuted={muted} />}
          </span>
        </span>
      </a>
    </li>
  );
}

function Preview({ conversation }: { readonly conversation: Conversation }): ReactNode {
  const { me } = useChat();
  const message = lastMessage(conversation.log);
  const sender = usePerson(isGroup(conversation) ? message?.senderId : undefined);
  if (!message) return say("conversations.nothingSaid");
  if (message.isDeleted) return <i>{say("message.deleted")}</i>;
  const by = who(message, me.userId, sender);
  return `${by === "" ? "" : `${isolated(by)}: `}${summaryOf(message)}${message.isEdited ? ` ${say("conversations.edited")}` : ""}`;
}

/** In a group it is not clear who it was. */
function who({ senderId }: LogMessage, me: string, sender: Person): string {
  if (senderId === me) return say("you");
  return sender?.name ?? "";
}

function UnreadBadge({ count, isMuted: isQuiet }: { readonly count: number; readonly isMuted: boolean }): ReactElement {
  return (
    <span data-testid="unread" className={`ms-auto min-w-5 shrink-0 rounded-full px-1.5 text-center text-xs leading-5 font-semibold ${isQuiet ? "bg-raised text-muted" : "bg-accent text-on-accent"}`}>
      {count > COUNT_MAX ? `${COUNT_MAX}+` : count}
      <span className="sr-only"> {say("conversations.unread", { count })}</span>
    </span>
  );
}
