// What a message answers, above it; a press goes there.
import type { ReactElement } from "react";
import { nameOf, useChat, usePerson } from "../../chat/use-chat";
import { say } from "../../words/say";
import { summaryOf } from "../attachments/words";
import type { Quoted } from "./quotes";
import { useQuoted } from "./use-quoted";

interface QuoteProps {
  readonly conversationId: string;
  readonly seq: bigint;
  /** The message, if it is held. */
  readonly held: Quoted | undefined;
  readonly isMine: boolean;
  readonly onJump: (seq: bigint) => void;
}

/** A few lines of it. */
export function Quote({ conversationId, seq, held, isMine, onJump }: QuoteProps): ReactElement {
  const { me } = useChat();
  const quoted = useQuoted(conversationId, seq, held);
  const sender = usePerson(quoted?.senderId);
  return (
    <button
      type="button"
      title={say("do.showIt")}
      onClick={() => onJump(seq)}
      className={`mb-1 flex w-full min-w-32 flex-col rounded-lg border-s-3 px-2 py-1 text-start text-sm ${isMine ? "border-on-mine/60 bg-black/15" : "border-accent bg-raised"}`}
    >
      {quoted && (
        <span className={`max-w-full truncate text-xs font-semibold ${isMine ? "" : "text-accent"}`}>
          <span className="sr-only">{say("quote.inAnswerTo")} </span>
          <bdi>{quoted.senderId === me.userId ? say("you") : nameOf(sender)}</bdi>
        </span>
      )}
      <span className={`line-clamp-2 [overflow-wrap:anywhere] ${isMine ? "text-mine-muted" : "text-muted"}`}>
        <QuotedWords quoted={quoted} />
      </span>
    </button>
  );
}

/** What it says, or why that cannot be shown. */
export function QuotedWords({ quoted }: { readonly quoted: Quoted | undefined }): ReactElement | string {
  if (quoted === undefined) return "…";
  if (quoted === null) return say("quote.hidden");
  return quoted.isDeleted ? <i>{say("message.deleted")}</i> : <bdi>{summaryOf(quoted)}</bdi>;
}
