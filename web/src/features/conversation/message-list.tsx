// The messages of a conversation, from the oldest read to what is on its way.
// Only those near to what is in sight are drawn.
import { type ComponentProps, type ReactElement, useCallback, useEffect, useMemo, useState } from "react";
import { Virtualizer } from "virtua";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { nameOf, useChat } from "../../chat/use-chat";
import { messageAt, unreadCount } from "../../log/log";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { say } from "../../words/say";
import type { Conversation } from "../conversations/conversation";
import { isGroup } from "../conversations/use-conversations";
import { reachOf } from "../marks/read-state";
import { useReaders } from "../marks/use-readers";
import { rightsOn } from "../message-actions/rights";
import type { MessageActions, OpenThing } from "../message-actions/use-message-actions";
import { type MessageKeysOptions, useMessageKeys } from "../message-actions/use-message-keys";
import { usePointing } from "../message-actions/use-pointing";
import { withIntents } from "../reactions/reaction-intents";
import { WritingLine } from "../typing/writing-line";
import { Announcer } from "./announcer";
import { Beginning } from "./beginning";
import { BubbleRow } from "./bubble-row";
import { DayChip } from "./day-chip";
import { NoteLine } from "./note-line";
import type { Outgoing } from "./outbox";
import { type Entry, type Timeline, timelineOf } from "./timeline";
import { UnreadPill } from "./unread-pill";
import { type Target, useJump } from "./use-jump";
import { ABOVE_PX, useListPosition } from "./use-list-position";
import { type Passage, usePassage } from "./use-passage";
import { useReading } from "./use-reading";
import { useSight } from "./use-sight";

/** Beyond everything that anybody can have read. */
const NOT_STORED = 1n << 62n;
/** So much is drawn above and below what is in sight, so that quick scrolling shows no gaps. */
const DRAWN_PX = 600;

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
  const { id, log } = conversation;
  const [unread] = useState(() => ({ from: log.readOrdinal + 1n, count: unreadCount(log) }));
  const passage = usePassage(conversation);
  const { history, isLive, close } = passage;
  const timeline = useTimeline(id, passage, unread.count > 0 ? unread.from : undefined);
  const position = useListPosition(timeline, isLive, target === undefined);
  const { sight, look } = useSight({ id, timeline, position, passage, isGoing: target !== undefined });
  useReading(id, position.isAtEnd && isLive && target === undefined);
  const onArrived = useCallback(() => onTarget(undefined), [onTarget]);
  const { flashSeq } = useJump({ target, log, passage, timeline, position, onDone: onArrived });
  const { list, focus, onScroll, toEnd: down } = position;
  const toEnd = useCallback(() => {
    close();
    down();
  }, [close, down]);
  useEffect(() => {
    if (sentCount > 0) toEnd();
  }, [sentCount, toEnd]);

  const pointing = usePointing(timeline, actions);
  const onKeyDown = useMessageKeys({ timeline, actions, rightsOn: useRights(conversation), focus: useCallback((place) => focus(place, "nearest"), [focus]) });
  const drawn = useDrawn(timeline, [position.awaitedKey, pointing.focusedKey]);
  const draw = useRows({ conversation, otherName, timeline, actions, onTakeBack, onTarget, activeKey: opened?.message.key ?? pointing.activeKey, flashSeq });
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        ref={list}
        {...pointing.handlers}
        onKeyDown={onKeyDown}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={say("conversation.messagesWith", { name: otherName })}
        className="flex min-h-0 flex-1 flex-col overflow-y-auto [overflow-anchor:none] px-3 pt-3 pb-8 md:px-4"
      >
        <Beginning history={history} isEmpty={timeline.entries.length === 0} otherName={otherName} />
        <Virtualizer
          key={passage.key}
          ref={position.rows}
          scrollRef={list}
          as={Rows}
          item="li"
          data={timeline.entries}
          shift={position.isShifted}
          startMargin={ABOVE_PX}
          bufferSize={DRAWN_PX}
          keepMounted={drawn}
          onScroll={(offset) => {
            onScroll(offset);
            look();
          }}
          onResize={() => {
            position.onResize();
            look();
          }}
        >
          {draw}
        </Virtualizer>
      </div>
      {sight.topTime !== undefined && !(position.isAtEnd && isLive) && <DayChip time={sight.topTime} onJump={(time) => onTarget({ time })} />}
      <Announcer messages={log.messages} />
      {unread.count > 0 && isLive && history.status !== "loading" && <UnreadPill count={unread.count} isAbove={sight.isUnreadAbove} onJump={() => onTarget({ ordinal: unread.from })} />}
      <WritingLine conversationId={id} />
      {!(position.isAtEnd && isLive) && <ToEnd onPress={() => (toEnd(), list.current?.focus({ preventScroll: true }))} unread={unreadCount(log)} />}
    </div>
  );
}

/** The element around the rows; where it stands is for the virtualizer to say. */
function Rows(props: ComponentProps<"ul">): ReactElement {
  return <ul {...props} className="mx-auto max-w-talk" />;
}

/** What is in the log, what else happened, and what is on its way. */
function useTimeline(id: string, { messages, notes, history: { isComplete }, isLive }: Passage, unreadFrom: bigint | undefined): Timeline {
  const { me, outbox } = useChat();
  const outgoing = useStore(
    outbox.store,
    useShallow((all) => (isLive ? all.filter(({ conversationId }) => conversationId === id) : [])),
  );
  return useMemo(() => timelineOf({ messages, notes, outgoing, me: me.userId, unreadFrom, isComplete }), [messages, notes, outgoing, me.userId, unreadFrom, isComplete]);
}

/** The places of rows that are drawn wherever one looks: they have the focus, or will. */
function useDrawn({ placeOfKey }: Timeline, keys: readonly (string | undefined)[]): readonly number[] {
  return keys.flatMap((key) => (key === undefined ? [] : placeOfKey(key))).filter((place) => place >= 0);
}

interface RowsOptions extends Pick<MessageListProps, "conversation" | "otherName" | "actions" | "onTakeBack" | "onTarget"> {
  readonly timeline: Timeline;
  readonly activeKey: string | undefined;
  readonly flashSeq: bigint | undefined;
}

/** How a row is drawn. */
function useRows({ conversation, otherName, timeline, actions, onTakeBack, onTarget, activeKey, flashSeq }: RowsOptions): (entry: Entry, place: number) => ReactElement {
  const { me, outbox, people, reactionIntents } = useChat();
  const { id, log } = conversation;
  const known = useStore(people.store);
  const intents = useStore(reactionIntents.store);
  const readers = useReaders(conversation);
  const isInGroup = isGroup(conversation);
  const onJump = useCallback((seq: bigint) => onTarget({ seq }), [onTarget]);
  const outgoingActions = useMemo(
    () => ({
      onRetry: ({ clientId }: Outgoing) => outbox.retry(clientId),
      onDiscard: ({ clientId }: Outgoing) => outbox.discard(clientId),
      onEdit: onTakeBack,
    }),
    [outbox, onTakeBack],
  );
  return (_, place) => {
    const row = timeline.rowAt(place);
    if ("note" in row) return <NoteLine key={row.key} row={row} />;
    const { seq, senderId, replyToSeq } = row;
    const reactions = seq === undefined || intents.size === 0 ? row.reactions : withIntents(row.reactions, intents, id, seq, me.userId);
    // Between two people it is clear who is who.
    if (isInGroup) people.need([senderId]);
    return (
      <BubbleRow
        key={row.key}
        bubble={{ ...row, reactions }}
        isMine={senderId === me.userId}
        isActive={row.key === activeKey}
        isFlashed={flashSeq !== undefined && seq === flashSeq}
        conversationId={id}
        quoted={replyToSeq > 0n ? messageAt(log, replyToSeq) : undefined}
        onJump={onJump}
        reach={reachOf(readers, seq ?? NOT_STORED)}
        // Between two people the marks beside the time say it.
        readerIds={isInGroup && seq !== undefined ? (readers.at.get(seq)?.join(" ") ?? "") : ""}
        senderName={isInGroup ? nameOf(known.get(senderId)) : otherName}
        showsSender={isInGroup}
        actions={actions}
        {...outgoingActions}
      />
    );
  };
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

function ToEnd({ onPress, unread }: { readonly onPress: () => void; readonly unread: number }): ReactElement {
  return (
    <Button onClick={onPress} className="absolute end-4 bottom-3 flex items-center gap-2 rounded-full! shadow-md">
      <Icon name="down" className="size-4" />
      {unread > 0 ? say("conversation.newCount", { count: unread }) : say("conversation.toEnd")}
    </Button>
  );
}
