// Where a message is put another way. What is written stays until it is stored.
import { type ReactElement, type RefObject, useEffect, useRef, useState } from "react";
import { type Problem, problemOf } from "../../api/problem";
import { useChat } from "../../chat/use-chat";
import { withoutUnseen } from "../../ui/unseen";
import { say } from "../../words/say";
import type { Conversation } from "../conversations/conversation";
import { mentionsIn } from "../mentions/mentions";
import { useCandidates } from "../mentions/use-candidates";
import { hasHalves } from "../writing/limits";
import type { Stored } from "../message-actions/use-message-actions";
import { MessageField } from "./message-field";
import { newUuid } from "./uuid";
import { WritingBar } from "./writing-bar";

interface EditComposerProps {
  readonly conversation: Conversation;
  readonly message: Stored;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly onDone: () => void;
}

/** The field, with what the message says now. */
export function EditComposer({ conversation, message, field, onDone }: EditComposerProps): ReactElement {
  const { api } = useChat();
  const candidates = useCandidates(conversation);
  const [text, setText] = useState(message.text);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [isBroken, setBroken] = useState(false);
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
    setBroken(hasHalves(text));
    if (hasHalves(text)) return;
    if (attempt.current.text !== text) attempt.current = { text, clientId: newUuid() };
    setBusy(true);
    setProblem(undefined);
    try {
      await api.messages.editMessage({ conversationId: conversation.id, seq: message.seq, mentionIds: [...mentionsIn(text, candidates)], ...attempt.current });
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
      label={say("composer.editLabel")}
      placeholder={say("composer.editPlaceholder")}
      text={text}
      onChange={setText}
      button={{ label: say("do.save"), icon: "check", isDisabled: text.trim() === "" || isBusy }}
      onSubmit={() => void save()}
      candidates={candidates}
      onKey={({ key }) => key === "Escape" && onDone()}
    >
      <WritingBar icon="edit" title={say(isBusy ? "composer.saving" : "composer.editing")} text={withoutUnseen(message.text)} stopLabel={say("composer.stopEditing")} onStop={onDone} />
      {isBroken && (
        <p role="alert" className="mx-auto mb-2 max-w-talk text-sm text-danger">
          {say("composer.halves")}
        </p>
      )}
      {problem && (
        <p role="alert" className="mx-auto mb-2 max-w-talk text-sm text-danger">
          {say("composer.notChanged")} {why ? say("form.it", { why }) : problem.text}
        </p>
      )}
    </MessageField>
  );
}
