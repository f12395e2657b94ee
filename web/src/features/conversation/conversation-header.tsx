// Above a conversation: who it is with, whether they are there, the details.
import type { ReactElement, RefObject } from "react";
import { addressOf } from "../../app/route";
import { useChat } from "../../chat/use-chat";
import { Avatar } from "../../ui/avatar";
import { Icon } from "../../ui/icons";
import { lastSeenWords } from "../../ui/time";
import { say } from "../../words/say";
import type { Conversation } from "../conversations/conversation";
import { type Face, isGroup, otherOf } from "../conversations/use-conversations";
import type { Seen } from "../presence/presence";
import { useSeen } from "../presence/use-presence";
import { useWritingWords } from "../typing/use-writers";

interface ConversationHeaderProps {
  readonly conversation: Conversation;
  readonly face: Face;
  readonly heading: RefObject<HTMLHeadingElement | null>;
  readonly detailsButton: RefObject<HTMLButtonElement | null>;
  readonly hasDetails: boolean;
  readonly onDetails: () => void;
}

/** On a phone with the way back to the list. */
export function ConversationHeader({ conversation, face, heading, detailsButton, hasDetails, onDetails }: ConversationHeaderProps): ReactElement {
  const { me } = useChat();
  const seen = useSeen(otherOf(conversation, me.userId));
  const { name } = face;
  return (
    <header className="flex items-center gap-3 border-b border-line bg-panel px-3 py-2.5 md:px-4">
      <a href={addressOf({ place: "chats" })} aria-label={say("conversation.back")} className="-ms-1 rounded-lg p-2 text-muted hover:bg-raised hover:text-ink md:hidden">
        <Icon name="back" />
      </a>
      <Avatar {...face} isOnline={seen?.isOnline ?? false} className="size-9 text-sm" />
      <div className="min-w-0 flex-1">
        <h2 ref={heading} tabIndex={-1} className="truncate leading-tight font-semibold outline-none" title={name}>
          <bdi>{name}</bdi>
        </h2>
        <Subtitle conversation={conversation} />
      </div>
      <button
        ref={detailsButton}
        type="button"
        aria-label={say("details.title")}
        title={say("details.title")}
        aria-expanded={hasDetails}
        onClick={onDetails}
        className={`rounded-lg p-2 hover:bg-raised hover:text-ink ${hasDetails ? "bg-raised text-ink" : "text-muted"}`}
      >
        <Icon name="info" />
      </button>
    </header>
  );
}

/** Who is writing; else whether the other is there, or how many they are. */
function Subtitle({ conversation }: { readonly conversation: Conversation }): ReactElement | null {
  const { me } = useChat();
  const seen = useSeen(otherOf(conversation, me.userId));
  const writing = useWritingWords(conversation.id);
  if (writing !== "") return <p className="truncate text-xs text-accent">{isGroup(conversation) ? writing : say("conversation.writing")}</p>;
  const words = isGroup(conversation) ? say("conversation.members", { count: conversation.memberCount }) : seen && seenWords(seen);
  return words ? <p className="truncate text-xs text-muted">{words}</p> : null;
}

function seenWords({ isOnline, lastSeen }: Seen): string {
  if (isOnline) return say("conversation.online");
  return lastSeen > 0 ? lastSeenWords(lastSeen, Date.now()) : "";
}
