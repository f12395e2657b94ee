// One bubble, with what stands around it: the day above, the time below.
import { memo, type ReactElement } from "react";
import { shallow } from "zustand/shallow";
import { isPassing } from "../../api/problem";
import { nameOf, useChat, usePerson } from "../../chat/use-chat";
import type { LogMessage } from "../../log/log";
import { Button } from "../../ui/button";
import { Icon, type IconName } from "../../ui/icons";
import { timeOfDay, wholeTime } from "../../ui/time";
import { type PlainPhrase, say, Say } from "../../words/say";
import { Attachments } from "../attachments/attachments";
import { OutgoingFiles } from "../attachments/outgoing-files";
import { ReaderRow } from "../marks/reader-row";
import type { Reach } from "../marks/read-state";
import { MessageTools } from "../message-actions/message-tools";
import type { MessageActions } from "../message-actions/use-message-actions";
import { Portrait } from "../people/portrait";
import { ReactionChips } from "../reactions/reaction-chips";
import { Quote } from "../replies/quote";
import { DayLine } from "./day-line";
import { MessageText } from "./message-text";
import type { Outgoing } from "./outbox";
import type { Bubble } from "./timeline";

/** What can be done with a message that was not sent. */
export interface OutgoingActions {
  readonly onRetry: (message: Outgoing) => void;
  readonly onDiscard: (message: Outgoing) => void;
  /** Takes the text back into the field. */
  readonly onEdit: (message: Outgoing) => void;
}

interface BubbleRowProps extends OutgoingActions {
  readonly conversationId: string;
  /** What it answers, if that is held. */
  readonly quoted: LogMessage | undefined;
  readonly onJump: (seq: bigint) => void;
  /** How far one's own has come. */
  readonly reach: Reach;
  /** Who has read up to it and not beyond, by spaces; empty if nobody or not to be shown. */
  readonly readerIds: string;
  /** Whether it is pointed at, or has the focus. */
  readonly isActive: boolean;
  /** Whether it was looked for, and has just been found. */
  readonly isFlashed: boolean;
  readonly actions: MessageActions;
  readonly bubble: Bubble;
  readonly isMine: boolean;
  readonly senderName: string;
  /** Whether the name of who said it stands above what others said, as in a group. */
  readonly showsSender: boolean;
}

/** One message. Drawn again only when it looks different: a long conversation has many. */
export const BubbleRow = memo(Row, (before, after) => shallow({ ...before, bubble: undefined }, { ...after, bubble: undefined }) && shallow(before.bubble, after.bubble));

function Row({ bubble, isMine, senderName, showsSender, conversationId, quoted, onJump, reach, readerIds, isActive, isFlashed, actions, ...outgoingActions }: BubbleRowProps): ReactElement {
  const { outgoing, startsDay, startsGroup, endsGroup, isEdited, isPinned, isDeleted, reactions, attachments, seq } = bubble;
  const failed = outgoing?.status === "failed";
  const hasFace = showsSender && !isMine;
  const stored = seq === undefined ? undefined : { ...bubble, seq };
  return (
    <article data-key={bubble.key} data-seq={seq} tabIndex={-1} className={`rounded-lg pb-0.5 touched:select-none ${startsGroup && !startsDay ? "pt-2" : ""} ${isFlashed ? "flash" : ""}`}>
      {startsDay && <DayLine time={bubble.createTime} />}
      {bubble.startsUnread && <UnreadLine />}
      <div className={`flex flex-col ${isMine ? "items-end" : "items-start"} ${hasFace ? "ps-9" : ""}`} data-testid={isMine ? "mine" : "theirs"} data-status={outgoing?.status ?? "stored"}>
        {hasFace && startsGroup && <SenderLine name={senderName} />}
        <div className="relative max-w-[85%] pointed:max-w-[min(85%,calc(100%-6.5rem))] md:max-w-[70%]">
          <div data-bubble className={`flow-root rounded-2xl px-3 py-1.5 shadow-xs ${look(isMine, failed)} ${corner(isMine, endsGroup)}`}>
            <span className="sr-only">{isMine ? say("you") : senderName}: </span>
            {bubble.forwardedFrom !== undefined && <Forwarded from={bubble.forwardedFrom} isMine={isMine} />}
            {bubble.replyToSeq > 0n && <Quote conversationId={conversationId} seq={bubble.replyToSeq} held={quoted} isMine={isMine} onJump={onJump} />}
            {stored && attachments.length > 0 && <Attachments attachments={attachments} isMine={isMine} onLook={(mediaId) => actions.look(stored, mediaId)} />}
            {outgoing && outgoing.fileIds.length > 0 && <OutgoingFiles ids={outgoing.fileIds} />}
            <Words bubble={bubble} isMine={isMine} />
            {(endsGroup || outgoing || isEdited || isPinned) && !failed && <Stamp bubble={bubble} isMine={isMine} reach={reach} />}
          </div>
          {hasFace && endsGroup && (
            <span className="absolute -start-9 bottom-0">
              <Portrait id={bubble.senderId} name={senderName} className="size-7 text-[0.625rem]" />
            </span>
          )}
          {isActive && stored && !isDeleted && (
            <MessageTools isMine={isMine} onReact={(anchor) => actions.open("picker", stored, anchor)} onReply={() => actions.reply(stored)} onMore={(anchor) => actions.open("menu", stored, anchor)} />
          )}
        </div>
        {stored && reactions.length > 0 && <ReactionChips reactions={reactions} onToggle={(emoji, isOn) => actions.toggle(stored.seq, emoji, isOn)} />}
        {readerIds !== "" && <ReaderRow readerIds={readerIds} />}
        {failed && <Failure message={outgoing} {...outgoingActions} />}
      </div>
    </article>
  );
}

/** For the eye: whoever has it read aloud hears the name with each message. */
function SenderLine({ name }: { readonly name: string }): ReactElement {
  return (
    <span aria-hidden="true" className="mb-0.5 max-w-[85%] truncate px-3 text-xs font-medium text-muted">
      <bdi>{name}</bdi>
    </span>
  );
}

function Words({ bubble: { text, mentionIds, isDeleted }, isMine }: { readonly bubble: Bubble; readonly isMine: boolean }): ReactElement | null {
  if (isDeleted) return <i className={muted(isMine)}>{say("message.deleted")}</i>;
  if (text === "") return null;
  return <MessageText text={text} mentionIds={mentionIds} isMine={isMine} />;
}

function Forwarded({ from, isMine }: { readonly from: string; readonly isMine: boolean }): ReactElement {
  const { me } = useChat();
  const sender = usePerson(from);
  return (
    <p className={`mb-0.5 flex items-center gap-1 text-xs ${muted(isMine)}`}>
      <Icon name="forward" className="size-3.5" />
      <span className="truncate">
        {from === me.userId ? say("message.forwardedFromYou") : <Say phrase="message.forwardedFrom" name={<bdi>{nameOf(sender)}</bdi>} />}
      </span>
    </p>
  );
}

function muted(isMine: boolean): string {
  return isMine ? "text-mine-muted" : "text-muted";
}

function look(isMine: boolean, failed: boolean): string {
  if (failed) return "bg-danger-soft text-ink";
  return isMine ? "bg-mine text-on-mine" : "bg-theirs";
}

/** The last of a group points at who said it. */
function corner(isMine: boolean, endsGroup: boolean): string {
  if (!endsGroup) return "";
  return isMine ? "rounded-ee-md" : "rounded-es-md";
}

function UnreadLine(): ReactElement {
  return (
    <div data-unread-mark className="flex items-center gap-3 py-2 text-xs font-medium text-accent">
      <span className="h-px flex-1 bg-accent" />
      {say("conversation.new")}
      <span className="h-px flex-1 bg-accent" />
    </div>
  );
}

/** The time, and for our own how far it has come; floats into the last line if there is room. */
function Stamp({ bubble: { createTime, outgoing, isEdited, isPinned }, isMine, reach }: { readonly bubble: Bubble; readonly isMine: boolean; readonly reach: Reach }): ReactElement {
  return (
    <span className={`relative -bottom-1 float-end ms-3 inline-flex items-center gap-1 text-[0.6875rem] select-none ${muted(isMine)}`}>
      {isPinned && <Icon name="pin" className="size-3.5" />}
      {isPinned && <span className="sr-only">{say("message.pinned")}</span>}
      <time dateTime={new Date(createTime).toISOString()} title={wholeTime(createTime)}>
        {timeOfDay(createTime)}
      </time>
      {isEdited && <span>{say("message.edited")}</span>}
      {isMine && <ReachMark reach={outgoing?.status === "waiting" ? "waiting" : reach} />}
    </span>
  );
}

const REACHES: Record<Reach | "waiting", { readonly icon: IconName; readonly phrase: PlainPhrase; readonly look: string }> = {
  waiting: { icon: "clock", phrase: "message.waiting", look: "" },
  sent: { icon: "check", phrase: "message.sent", look: "" },
  delivered: { icon: "checks", phrase: "message.delivered", look: "" },
  read: { icon: "checks", phrase: "message.read", look: "text-read" },
};

function ReachMark({ reach }: { readonly reach: keyof typeof REACHES }): ReactElement {
  const { icon, phrase, look: tone } = REACHES[reach];
  const words = say(phrase);
  return (
    <span data-reach={reach} title={words} className={`inline-flex ${tone}`}>
      <Icon name={icon} className="size-3.5" />
      <span className="sr-only">{words}</span>
    </span>
  );
}

function Failure({ message, onRetry, onDiscard, onEdit }: OutgoingActions & { readonly message: Outgoing }): ReactElement {
  const { problem } = message;
  const why = problem?.fields.get("text");
  const canRetry = !problem || isPassing(problem);
  return (
    <div role="alert" className="mt-1 flex max-w-[85%] flex-wrap items-center justify-end gap-x-3 gap-y-1 text-sm text-danger">
      <span className="flex items-center gap-1.5">
        <Icon name="alert" className="size-4" />
        {say("message.notSent")} {why ? say("form.it", { why }) : problem?.text}
      </span>
      <span className="flex gap-3">
        {canRetry ? (
          <Button look="link" onClick={() => onRetry(message)}>
            {say("message.retry")}
          </Button>
        ) : (
          <Button look="link" onClick={() => onEdit(message)}>
            {say("message.edit")}
          </Button>
        )}
        <Button look="link" onClick={() => onDiscard(message)}>
          {say("message.discard")}
        </Button>
      </span>
    </div>
  );
}
