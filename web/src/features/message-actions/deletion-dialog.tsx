// Asks before a message is deleted for everybody.
import { type ReactElement, useState } from "react";
import { type Problem, problemOf } from "../../api/problem";
import { useChat } from "../../chat/use-chat";
import { Confirm } from "../../ui/dialog";
import { say } from "../../words/say";
import { summaryOf } from "../attachments/words";
import type { Stored } from "./use-message-actions";

/** The question; what is to be deleted stands in it. */
export function DeletionDialog({ conversationId, message, onClose }: { readonly conversationId: string; readonly message: Stored; readonly onClose: () => void }): ReactElement {
  const { api } = useChat();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();

  const remove = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await api.messages.deleteMessage({ conversationId, seq: message.seq });
      onClose();
    } catch (thrown) {
      setProblem(problemOf(thrown));
      setBusy(false);
    }
  };
  return (
    <Confirm title={say("delete.title")} action={say("act.delete")} isBusy={isBusy} problem={problem} onConfirm={() => void remove()} onClose={onClose}>
      <p>{say("delete.warning")}</p>
      <blockquote dir="auto" className="mt-3 line-clamp-3 border-s-2 border-line ps-3 [overflow-wrap:anywhere] whitespace-pre-wrap text-ink">
        {summaryOf(message)}
      </blockquote>
    </Confirm>
  );
}
