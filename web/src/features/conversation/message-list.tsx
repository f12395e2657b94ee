// The messages of a conversation, from the oldest read to what is on its way.
import { type ReactElement, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { nameOf, useChat } from "../../chat/use-chat";
import { messageAt, unreadCount } from "../../log/log";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { Notice, ProblemNotice } from "../../ui/notice";
import { BubblesSkeleton } from "../../ui/skeleton";
import { say, Say } from "../../words/say";
import type { Conversation } from "../conversations/conversations";
import { isGroup } from "../conversations/use-conversations";
import { reachOf } from "../marks/read-state";
import { useReaders } from "../marks/use-readers";
import { rightsOn } from "../message-actions/rights";
import type { MessageActions, OpenThing } from "../message-actions/use-message-actions";
import { type MessageKeysOptions, useMessageKeys } from "../message-actions/use-message-keys";
import { usePointing } from "../message-actions/use-pointing";
import type { Person } from "../people/people";
import { withIntents } from "../reactions/reaction-intents";
import { WritingLine } from "../typing/writing-line";
import { BubbleRow } from "./bubble-row";
import type { Outgoing } from "./outbox";
import { type Bubble, timelineOf } from "./timeline";
import { UnreadPill } from "./unread-pill";
import { type History, useHistory } from "./use-history";
import { type Target, useJump } from "./use-jump";
import { useReading } from "./use-reading";
import { type StickyScroll, useStickyScroll } from "./use-sticky-scroll";

/** Beyond everything that anybody can have read. */
const NOT_STORED = 1n << 62n;

interface MessageListProps {
  readonly conversation: Conversation;
  readonly otherName: string;
  /** Goes up with each message written here, which is then brought into sight. */
  readonly sentCount: number;
  /** Takes what was not sent back into the field. */
  readonly onTakeBack: (message: Outgoing) => void;
  readonly opened: OpenThing | undefined;
  readonly actions: MessageActions;
  /** The message to bring into sight. */
  readonly target: Target | undefined;
  readonly onTarget: (target: Target | undefined) => void;
}

/** The list, or what stands in its place. */
export function MessageList({ conversation, otherName, sentCount, onTakeBack, opened, actions, target, onTarget }: MessageListProps): ReactElement {
  const { me, outbox } = useChat();
  const { id, log } = conversation;
  const senders = useSenders(conversation);
  const [unread] = useState(() => ({ from: log.readOrdinal + 1n, count: unreadCount(log) }));
  const bubbles = useBubbles(conversation, unread.count > 0 ? unread.from : undefined);
  const readers = useReaders(conversation);
  const history = useHistory(id);
  const scroll = useStickyScroll(bubbles[0]?.key, bubbles.at(-1)?.key);
  useReading(id, scroll.isAtEnd);
  const onArrived = useCallback(() => onTarget(undefined), [onTarget]);
  const onJump = useCallback((seq: bigint) => onTarget({ seq }), [onTarget]);
  const { flashSeq } = useJump({ target, log, history, scroll, onDone: onArrived });
  const { toEnd } = scroll;
  useEffect(() => {
    if (sentCount > 0) toEnd();
  }, [sentCount, toEnd]);

  const outgoingActions = useMemo(
    () => ({
      onRetry: ({ clientId }: Outgoing) => outbox.retry(clientId),
      onDiscard: ({ clientId }: Outgoing) => outbox.discard(clientId),
      onEdit: onTakeBack,
    }),
    [outbox, onTakeBack],
  );
  const pointing = usePointing(bubbles, actions);
  const activeKey = opened?.message.key ?? pointing.activeKey;
  const onKeyDown = useMessageKeys({ bubbles, actions, rightsOn: useRights(conversation) });
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        ref={scroll.list}
        onScroll={scroll.onScroll}
        onKeyDown={onKeyDown}
        tabIndex={0}
        role="log"
        aria-label={say("conversation.messagesWith", { name: otherName })}
        className="flex min-h-0 flex-1 flex-col overflow-y-auto [overflow-anchor:none] px-3 pt-3 pb-8 md:px-4"
      >
        <Beginning history={history} isEmpty={bubbles.length === 0} otherName={otherName} />
        <ul {...pointing.handlers} className="mx-auto mt-auto flex w-full max-w-3xl flex-col gap-0.5">
          {bubbles.map((bubble) => (
            <BubbleRow
              key={bubble.key}
              bubble={bubble}
              isMine={bubble.senderId === me.userId}
              isActive={bubble.key === activeKey}
              isFlashed={flashSeq !== undefined && bubble.seq === flashSeq}
              conversationId={id}
              quoted={bubble.replyToSeq > 0n ? messageAt(log, bubble.replyToSeq) : undefined}
              onJump={onJump}
              reach={reachOf(readers, bubble.seq ?? NOT_STORED)}
              // Between two people the marks beside the time say it.
              readerIds={senders && bubble.seq !== undefined ? (readers.at.get(bubble.seq)?.join(" ") ?? "") : ""}
              senderName={senders ? nameOf(senders.get(bubble.senderId)) : otherName}
              showsSender={senders !== undefined}
              actions={actions}
              {...outgoingActions}
            />
          ))}
        </ul>
      </div>
      {unread.count > 0 && history.status !== "loading" && <UnreadPill list={scroll.list} count={unread.count} firstKey={bubbles[0]?.key} onJump={() => onTarget({ ordinal: unread.from })} />}
      <WritingLine conversationId={id} />
      {!scroll.isAtEnd && <ToEnd scroll={scroll} unread={unreadCount(log)} />}
    </div>
  );
}

/** What is in the log, what is on its way, and the emoji just put there. */
function useBubbles({ id, log }: Conversation, unreadFrom: bigint | undefined): readonly Bubble[] {
  const { me, outbox, reactionIntents } = useChat();
  const intents = useStore(reactionIntents.store);
  const outgoing = useStore(
    outbox.store,
    useShallow((all) => all.filter(({ conversationId }) => conversationId === id)),
  );
  const bubbles = useMemo(() => timelineOf(log.messages, outgoing, me.userId, unreadFrom), [log.messages, outgoing, me.userId, unreadFrom]);
  return useMemo(() => {
    if (intents.size === 0) return bubbles;
    return bubbles.map((bubble) => (bubble.seq === undefined ? bubble : { ...bubble, reactions: withIntents(bubble.reactions, intents, id, bubble.seq, me.userId) }));
  }, [bubbles, intents, id, me.userId]);
}

function useRights(conversation: Conversation): MessageKeysOptions["rightsOn"] {
  const { me } = useChat();
  const { role } = conversation;
  const isInGroup = isGroup(conversation);
  return useCallback(
    ({ senderId, isDeleted, outgoing, forwardedFrom }) => rightsOn({ isMine: senderId === me.userId, isDeleted, isOutgoing: outgoing !== undefined, isForwarded: forwardedFrom !== undefined }, { isGroup: isInGroup, role }),
    [me, role, isInGroup],
  );
}

/** Who has said something in a group; between two it is clear who is who. */
function useSenders(conversation: Conversation): ReadonlyMap<string, Person> | undefined {
  const { people } = useChat();
  const known = useStore(people.store);
  const { messages } = conversation.log;
  const isShown = isGroup(conversation);
  useEffect(() => {
    if (isShown) people.need(new Set(messages.map(({ senderId }) => senderId)));
  }, [people, messages, isShown]);
  return isShown ? known : undefined;
}

/** What stands above the oldest message: more, or the beginning. */
function Beginning({ history, isEmpty, otherName }: { readonly history: History; readonly isEmpty: boolean; readonly otherName: string }): ReactElement | null {
  const { status, problem, isComplete, loadOlder } = history;
  if (isEmpty && status === "loading") return <BubblesSkeleton label={say("conversation.loadingMessages")} />;
  if (isEmpty && problem) return <ProblemNotice title={say("conversation.messagesFailed")} problem={problem} onRetry={loadOlder} />;
  if (isEmpty && isComplete) {
    return (
      <Notice icon="chats" title={say("conversation.empty")}>
        <p className="[overflow-wrap:anywhere]">
          <Say phrase="conversation.sayHello" name={<bdi>{otherName}</bdi>} />
        </p>
      </Notice>
    );
  }
  if (isComplete) return null;
  if (problem) {
    return (
      <p role="alert" className="py-2 text-center text-sm text-muted">
        {say("conversation.olderFailed")} {problem.text}{" "}
        <Button look="link" onClick={loadOlder}>
          {say("do.tryAgain")}
        </Button>
      </p>
    );
  }
  return <OlderSoon isLoading={status === "loading"} onSeen={loadOlder} />;
}

/** Fetches more as soon as it comes into sight. */
function OlderSoon({ isLoading, onSeen }: { readonly isLoading: boolean; readonly onSeen: () => void }): ReactElement {
  const mark = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (!mark.current) return;
    const observer = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && onSeen());
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, [onSeen]);
  return (
    <p ref={mark} className="h-8 shrink-0 text-center text-sm text-muted">
      {isLoading && <span className="appear-late">{say("conversation.loadingOlder")}</span>}
    </p>
  );
}

function ToEnd({ scroll, unread }: { readonly scroll: StickyScroll; readonly unread: number }): ReactElement {
  return (
    <Button onClick={scroll.toEnd} className="absolute end-4 bottom-3 flex items-center gap-2 rounded-full! shadow-md">
      <Icon name="down" className="size-4" />
      {unread > 0 ? say("conversation.newCount", { count: unread }) : say("conversation.toEnd")}
    </Button>
  );
}
