// One conversation: who, what was said, and a field to answer.
import { lazy, type ReactElement, type RefObject, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { addressOf } from "../../app/route";
import { useChat } from "../../chat/use-chat";
import { Avatar } from "../../ui/avatar";
import { Icon } from "../../ui/icons";
import { Notice, ProblemNotice } from "../../ui/notice";
import { BubblesSkeleton } from "../../ui/skeleton";
import { lastSeenWords } from "../../ui/time";
import type { Conversation } from "../conversations/conversations";
import { type Face, isGroup, otherOf, useConversation, useFace } from "../conversations/use-conversations";
import { Opened } from "../message-actions/opened";
import { useMessageActions } from "../message-actions/use-message-actions";
import type { Seen } from "../presence/presence";
import { useSeen } from "../presence/use-presence";
import { useWritingWords } from "../typing/use-writers";
import { Composer } from "./composer";
import { EditComposer } from "./edit-composer";
import { MessageList } from "./message-list";
import type { Outgoing } from "./outbox";
import type { Target } from "./use-jump";

/** Fetched when somebody wants to see it. */
const DetailsPanel = lazy(() => import("../details/details-panel"));

/** The page of the conversation `id`, which may not exist; `seq` is the message to show, if not the newest. */
export function ConversationPage({ id, seq }: { readonly id: string; readonly seq: bigint | undefined }): ReactElement {
  const { conversations } = useChat();
  const conversation = useConversation(id);
  const { status, problem } = useStore(conversations.store);
  if (conversation) return <Known conversation={conversation} seq={seq} />;
  if (status === "loading") return <BubblesSkeleton label="Loading the conversation" />;
  if (problem) return <ProblemNotice title="The conversation cannot be shown" problem={problem} onRetry={() => void conversations.load()} />;
  return (
    <Notice icon="chats" title="There is no such conversation">
      <p>You may not be in it any more, or the address is not complete.</p>
      <a href={addressOf({ place: "chats" })} className="text-accent underline">
        To your conversations
      </a>
    </Notice>
  );
}

function Known({ conversation, seq }: { readonly conversation: Conversation; readonly seq: bigint | undefined }): ReactElement {
  const { me, outbox, drafts } = useChat();
  const face = useFace(conversation);
  const { name } = face;
  const field = useRef<HTMLTextAreaElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const detailsButton = useRef<HTMLButtonElement>(null);
  const [sentCount, setSentCount] = useState(0);
  const [editCount, setEditCount] = useState(0);
  useEffect(() => {
    // On a phone the keyboard would cover what one came to read.
    const isPhone = matchMedia("(pointer: coarse)").matches;
    (isPhone ? heading : field).current?.focus();
  }, []);

  const { opened, editing, actions } = useMessageActions(conversation.id);
  const wasEditing = useRef(false);
  useEffect(() => {
    // The field is another one after an edit.
    if (wasEditing.current && !editing) field.current?.focus();
    wasEditing.current = editing !== undefined;
  }, [editing]);
  const editLast = () => {
    const last = conversation.log.messages.findLast(({ senderId, isDeleted }) => senderId === me.userId && !isDeleted);
    if (last) actions.edit({ ...last, key: last.clientId });
  };
  const takeBack = useCallback(
    ({ clientId, conversationId, text }: Outgoing) => {
      const begun = drafts.get(conversationId);
      drafts.set(conversationId, begun === "" ? text : `${text}\n${begun}`);
      outbox.discard(clientId);
      // The field reads the draft when it is made.
      setEditCount((count) => count + 1);
    },
    [drafts, outbox],
  );
  const [target, setTarget] = useTarget(conversation.id, seq);
  const [hasDetails, setDetails] = useState(false);
  const hadDetails = useRef(false);
  useEffect(() => {
    if (hadDetails.current && !hasDetails) detailsButton.current?.focus();
    hadDetails.current = hasDetails;
  }, [hasDetails]);
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className={`flex min-w-0 flex-1 flex-col ${hasDetails ? "max-lg:invisible" : ""}`}>
        <Header conversation={conversation} face={face} heading={heading} detailsButton={detailsButton} hasDetails={hasDetails} onDetails={() => setDetails(!hasDetails)} />
        <MessageList conversation={conversation} otherName={name} sentCount={sentCount} onTakeBack={takeBack} opened={opened} actions={actions} target={target} onTarget={setTarget} />
        {editing ? (
          <EditComposer key={String(editing.seq)} conversationId={conversation.id} message={editing} field={field} onDone={actions.stopEditing} />
        ) : (
          <Composer key={editCount} conversationId={conversation.id} to={name} field={field} onSent={() => setSentCount(sentCount + 1)} onEditLast={editLast} />
        )}
        {opened && <Opened conversationId={conversation.id} opened={opened} me={me.userId} place={{ isGroup: isGroup(conversation), role: conversation.role }} actions={actions} />}
      </div>
      {hasDetails && (
        <Suspense>
          <DetailsPanel
            conversation={conversation}
            onJump={(pinned) => {
              setTarget({ seq: pinned });
              // On a narrow page the details cover what one wants to see.
              if (!matchMedia("(min-width: 64rem)").matches) setDetails(false);
            }}
            onClose={() => setDetails(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** The message to show: what the address says, until it is in sight. */
function useTarget(id: string, seq: bigint | undefined): [Target | undefined, (target: Target | undefined) => void] {
  const [target, setTarget] = useState<Target>();
  useEffect(() => {
    if (seq === undefined) return;
    setTarget({ seq });
    // The same address again is another jump.
    history.replaceState(null, "", addressOf({ place: "conversation", id }));
  }, [id, seq]);
  return [target, setTarget];
}

interface HeaderProps {
  readonly conversation: Conversation;
  readonly face: Face;
  readonly heading: RefObject<HTMLHeadingElement | null>;
  readonly detailsButton: RefObject<HTMLButtonElement | null>;
  readonly hasDetails: boolean;
  readonly onDetails: () => void;
}

function Header({ conversation, face, heading, detailsButton, hasDetails, onDetails }: HeaderProps): ReactElement {
  const { me } = useChat();
  const seen = useSeen(otherOf(conversation, me.userId));
  const { name } = face;
  return (
    <header className="flex items-center gap-3 border-b border-line bg-panel px-3 py-2.5 md:px-4">
      <a href={addressOf({ place: "chats" })} aria-label="Back to the conversations" className="-ms-1 rounded-lg p-2 text-muted hover:bg-raised hover:text-ink md:hidden">
        <Icon name="back" />
      </a>
      <Avatar {...face} isOnline={seen?.isOnline ?? false} className="size-9 text-sm" />
      <div className="min-w-0 flex-1">
        <h2 ref={heading} tabIndex={-1} className="truncate leading-tight font-semibold" title={name}>
          <bdi>{name}</bdi>
        </h2>
        <Subtitle conversation={conversation} />
      </div>
      <button
        ref={detailsButton}
        type="button"
        aria-label="Details"
        title="Details"
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
  if (writing !== "") return <p className="truncate text-xs text-accent">{isGroup(conversation) ? writing : "writing…"}</p>;
  const words = isGroup(conversation) ? memberWords(conversation) : seen && seenWords(seen);
  return words ? <p className="truncate text-xs text-muted">{words}</p> : null;
}

function memberWords({ memberCount }: Conversation): string {
  return memberCount === 1 ? "1 member" : `${memberCount} members`;
}

function seenWords({ isOnline, lastSeen }: Seen): string {
  if (isOnline) return "Online";
  return lastSeen > 0 ? lastSeenWords(lastSeen, Date.now()) : "";
}
