// Where messages are written. What is begun is kept until it is sent.
import { type ReactElement, type RefObject, useEffect, useState } from "react";
import { nameOf, useChat, usePerson } from "../../chat/use-chat";
import type { Conversation } from "../conversations/conversations";
import { mentionsIn } from "../mentions/mentions";
import { useCandidates } from "../mentions/use-candidates";
import type { Stored } from "../message-actions/use-message-actions";
import { MessageField } from "./message-field";
import { WritingBar } from "./writing-bar";

interface ComposerProps {
  readonly conversation: Conversation;
  readonly to: string;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** The message that is answered. */
  readonly answering: Stored | undefined;
  readonly onStopAnswering: () => void;
  readonly onSent: () => void;
  /** The arrow up was pressed in the empty field. */
  readonly onEditLast: () => void;
}

/** The field for something new. */
export function Composer({ conversation, to, field, answering, onStopAnswering, onSent, onEditLast }: ComposerProps): ReactElement {
  const { drafts, outbox, typing } = useChat();
  const { id: conversationId } = conversation;
  const candidates = useCandidates(conversation);
  const [text, setText] = useState(() => drafts.get(conversationId));
  const [isFull, setFull] = useState(false);

  const change = (next: string) => {
    setText(next);
    drafts.set(conversationId, next);
    if (next.trim() === "") typing.stop(conversationId);
    else typing.write(conversationId);
  };
  useEffect(() => () => typing.stop(conversationId), [typing, conversationId]);
  const send = () => {
    if (text.trim() === "") return;
    const taken = outbox.send(conversationId, text, { replyToSeq: answering?.seq ?? 0n, mentionIds: mentionsIn(text, candidates) });
    setFull(!taken);
    if (!taken) return;
    change("");
    onStopAnswering();
    onSent();
    field.current?.focus();
  };
  return (
    <MessageField
      field={field}
      label={`Message to ${to}`}
      placeholder="Write a message"
      text={text}
      onChange={change}
      button={{ label: "Send", icon: "send", isDisabled: text.trim() === "" }}
      onSubmit={send}
      candidates={candidates}
      onKey={(event) => {
        if (event.key === "Escape" && answering) onStopAnswering();
        if (event.key !== "ArrowUp" || text !== "") return;
        event.preventDefault();
        onEditLast();
      }}
    >
      {answering && <AnswerBar message={answering} onStop={onStopAnswering} />}
      {isFull && (
        <p role="alert" className="mb-2 text-sm text-danger">
          Too many messages are waiting to be sent. This one stays here until some are through.
        </p>
      )}
    </MessageField>
  );
}

function AnswerBar({ message, onStop }: { readonly message: Stored; readonly onStop: () => void }): ReactElement {
  const { me } = useChat();
  const sender = usePerson(message.senderId);
  return (
    <WritingBar icon="reply" title={<>Reply to <bdi>{message.senderId === me.userId ? "yourself" : nameOf(sender)}</bdi></>} text={message.text} stopLabel="Stop replying" onStop={onStop} />
  );
}
