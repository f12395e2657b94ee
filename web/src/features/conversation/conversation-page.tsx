// One conversation: who, what was said, and a field to answer.
import { lazy, type ReactElement, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { addressOf } from "../../app/route";
import { useChat } from "../../chat/use-chat";
import { Notice, ProblemNotice } from "../../ui/notice";
import { BubblesSkeleton } from "../../ui/skeleton";
import { say } from "../../words/say";
import { DropZone } from "../attachments/drop-zone";
import { useAdding } from "../attachments/use-adding";
import { BlockedBar } from "../blocking/block-button";
import { useIsBlocked } from "../blocking/use-blocks";
import type { Conversation } from "../conversations/conversation";
import { isGroup, otherOf, useConversation, useFace } from "../conversations/use-conversations";
import { useMarkdownSoon } from "../markdown/use-markdown";
import { useMessageActions } from "../message-actions/use-message-actions";
import { Composer } from "./composer";
import { ConversationHeader } from "./conversation-header";
import { EditComposer } from "./edit-composer";
import { MessageList } from "./message-list";
import type { Outgoing } from "./outbox";
import type { Target } from "./use-jump";

/** Fetched when somebody wants to see it. */
const DetailsPanel = lazy(() => import("../details/details-panel"));
const Opened = lazy(() => import("../message-actions/opened"));

/** The page of the conversation `id`, which may not exist; `seq` is the message to show, if not the newest. */
export default function ConversationPage({ id, seq }: { readonly id: string; readonly seq: bigint | undefined }): ReactElement {
  const { conversations } = useChat();
  const conversation = useConversation(id);
  useMarkdownSoon();
  const { status, problem } = useStore(conversations.store);
  if (conversation) return <Known conversation={conversation} seq={seq} />;
  if (status === "loading") return <BubblesSkeleton label={say("conversation.loading")} />;
  if (problem) return <ProblemNotice title={say("conversation.failed")} problem={problem} onRetry={() => void conversations.load()} />;
  return (
    <Notice icon="chats" title={say("conversation.noSuch")}>
      <p>{say("conversation.noSuchHint")}</p>
      <a href={addressOf({ place: "chats" })} className="text-accent underline">
        {say("conversations.toAll")}
      </a>
    </Notice>
  );
}

function Known({ conversation, seq }: { readonly conversation: Conversation; readonly seq: bigint | undefined }): ReactElement {
  const { me, outbox, uploads, drafts } = useChat();
  const add = useAdding(conversation.id);
  const face = useFace(conversation);
  const otherId = otherOf(conversation, me.userId);
  const isBlocked = useIsBlocked(otherId);
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

  const { opened, writing, actions } = useMessageActions(conversation.id);
  const { kind } = writing;
  const kindBefore = useRef(kind);
  useEffect(() => {
    // The field is another one after an edit, and one who answers wants to write.
    if (kind !== kindBefore.current) field.current?.focus();
    kindBefore.current = kind;
  }, [kind]);
  const editLast = () => {
    const last = conversation.log.messages.findLast(({ senderId, isDeleted, forwardedFrom }) => senderId === me.userId && !isDeleted && forwardedFrom === undefined);
    if (last) actions.edit({ ...last, key: last.clientId });
  };
  const takeBack = useCallback(
    ({ clientId, conversationId, text, replyToSeq, fileIds }: Outgoing) => {
      const begun = drafts.get(conversationId);
      drafts.set(conversationId, [text, begun].filter((part) => part !== "").join("\n"));
      uploads.giveBack(fileIds);
      if (replyToSeq > 0n) actions.reply({ seq: replyToSeq });
      outbox.discard(clientId);
      // The field reads the draft when it is made.
      setEditCount((count) => count + 1);
    },
    [actions, drafts, outbox, uploads],
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
      <DropZone isEnabled={!isBlocked && kind !== "edit"} onFiles={add} className={`relative flex min-w-0 flex-1 flex-col ${hasDetails ? "max-lg:invisible" : ""}`}>
        <ConversationHeader conversation={conversation} face={face} heading={heading} detailsButton={detailsButton} hasDetails={hasDetails} onDetails={() => setDetails(!hasDetails)} />
        <MessageList conversation={conversation} otherName={name} sentCount={sentCount} onTakeBack={takeBack} opened={opened} actions={actions} target={target} onTarget={setTarget} />
        {otherId && isBlocked ? (
          <BlockedBar userId={otherId} />
        ) : writing.kind === "edit" ? (
          <EditComposer key={String(writing.message.seq)} conversation={conversation} message={writing.message} field={field} onDone={actions.stopEditing} />
        ) : (
          <Composer
            key={editCount}
            conversation={conversation}
            to={name}
            field={field}
            answering={writing.kind === "reply" ? writing.seq : undefined}
            onStopAnswering={actions.stopReplying}
            onSent={() => setSentCount(sentCount + 1)}
            onEditLast={editLast}
          />
        )}
        {opened && (
          <Suspense>
            <Opened conversation={conversation} opened={opened} me={me.userId} place={{ isGroup: isGroup(conversation), role: conversation.role }} actions={actions} />
          </Suspense>
        )}
      </DropZone>
      {hasDetails && (
        <Suspense>
          <DetailsPanel
            conversation={conversation}
            onJump={(pinned) => {
              setTarget({ seq: pinned });
              // On a narrow page the details cover what one wants to see.
              if (!matchMedia("(min-width: 64rem)").matches) setDetails(false);
            }}
            onClose={() => setDetails(false)}
          />
        </Suspense>
      )}
    </div>
  );
}

/** The message to show: what the address says, or where one was, until it is in sight. */
function useTarget(id: string, seq: bigint | undefined): [Target | undefined, (target: Target | undefined) => void] {
  const { places } = useChat();
  const [target, setTarget] = useState<Target | undefined>(() => (seq === undefined ? places.get(id) : { seq }));
  useEffect(() => {
    if (seq === undefined) return;
    setTarget({ seq });
    // The same address again is another jump.
    history.replaceState(null, "", addressOf({ place: "conversation", id }));
  }, [id, seq]);
  return [target, setTarget];
}
