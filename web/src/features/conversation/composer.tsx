// Where messages are written. What is begun is kept until it is sent.
import { type ReactElement, type RefObject, useEffect, useState } from "react";
import { useChat } from "../../chat/use-chat";
import { MessageField } from "./message-field";

interface ComposerProps {
  readonly conversationId: string;
  readonly to: string;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly onSent: () => void;
  /** The arrow up was pressed in the empty field. */
  readonly onEditLast: () => void;
}

/** The field for something new. */
export function Composer({ conversationId, to, field, onSent, onEditLast }: ComposerProps): ReactElement {
  const { drafts, outbox, typing } = useChat();
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
    const taken = outbox.send(conversationId, text);
    setFull(!taken);
    if (!taken) return;
    change("");
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
      onKey={(event) => {
        if (event.key !== "ArrowUp" || text !== "") return;
        event.preventDefault();
        onEditLast();
      }}
    >
      {isFull && (
        <p role="alert" className="mb-2 text-sm text-danger">
          Too many messages are waiting to be sent. This one stays here until some are through.
        </p>
      )}
    </MessageField>
  );
}
