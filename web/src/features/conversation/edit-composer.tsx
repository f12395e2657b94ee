// Where a message is put another way. What is written stays until it is stored.
import { type ReactElement, type RefObject, useEffect, useRef, useState } from "react";
import { type Problem, problemOf } from "../../api/problem";
import { useChat } from "../../chat/use-chat";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icons";
import type { Stored } from "../message-actions/use-message-actions";
import { MessageField } from "./message-field";
import { newUuid } from "./uuid";

interface EditComposerProps {
  readonly conversationId: string;
  readonly message: Stored;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly onDone: () => void;
}

/** The field, with what the message says now. */
export function EditComposer({ conversationId, message, field, onDone }: EditComposerProps): ReactElement {
  const { api } = useChat();
  const [text, setText] = useState(message.text);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  // Under the same id a second try of the same edit is the same edit.
  const attempt = useRef({ text: "", clientId: "" });
  useEffect(() => {
    const { current } = field;
    current?.focus();
    current?.setSelectionRange(current.value.length, current.value.length);
  }, [field]);

  const save = async () => {
    if (text.trim() === "" || isBusy) return;
    if (text === message.text) return onDone();
    if (attempt.current.text !== text) attempt.current = { text, clientId: newUuid() };
    setBusy(true);
    setProblem(undefined);
    try {
      await api.messages.editMessage({ conversationId, seq: message.seq, ...attempt.current });
      onDone();
    } catch (thrown) {
      setProblem(problemOf(thrown));
      setBusy(false);
    }
  };
  const why = problem?.fields.get("text");
  return (
    <MessageField
      field={field}
      label="Edit the message"
      placeholder="What it is to say"
      text={text}
      onChange={setText}
      button={{ label: "Save", icon: "check", isDisabled: text.trim() === "" || isBusy }}
      onSubmit={() => void save()}
      onKey={({ key }) => key === "Escape" && onDone()}
    >
      <div className="mx-auto mb-2 flex max-w-3xl items-center gap-2 text-sm">
        <Icon name="edit" className="size-4 text-accent" />
        <p className="min-w-0 flex-1 truncate">
          <span className="font-medium text-accent">{isBusy ? "Saving…" : "Editing"}</span> <span className="text-muted">{message.text}</span>
        </p>
        <Button look="quiet" aria-label="Stop editing" title="Stop editing (Esc)" onClick={onDone} className="-my-1 p-1.5!">
          <Icon name="close" className="size-4" />
        </Button>
      </div>
      {problem && (
        <p role="alert" className="mx-auto mb-2 max-w-3xl text-sm text-danger">
          Not changed. {why ? `It ${why}.` : problem.text}
        </p>
      )}
    </MessageField>
  );
}
