// Says a message again somewhere else.
import { type ReactElement, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { useChat } from "../../chat/use-chat";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { FormProblem } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import { say } from "../../words/say";
import { summaryOf } from "../attachments/words";
import { newUuid } from "../conversation/uuid";
import { type Conversation, lastTime } from "../conversations/conversation";
import { useConversationNames, useFace } from "../conversations/use-conversations";
import type { Stored } from "../message-actions/use-message-actions";
import { folded } from "../search/highlight";

/** So many conversations are offered; a search finds the others. */
const OFFERED_MAX = 50;

/** The latest conversations, and a field to search in them. */
export default function ForwardDialog({ conversationId, message, onClose }: { readonly conversationId: string; readonly message: Stored; readonly onClose: () => void }): ReactElement {
  const { api, conversations, toasts } = useChat();
  const [query, setQuery] = useState("");
  const offered = useOffered(query);
  const { isBusy, problem, run } = useTask();
  // Under the same id a second try is the same message.
  const attempts = useRef(new Map<string, string>());

  const forward = (id: string, name: string) =>
    run(async () => {
      const clientId = attempts.current.get(id) ?? newUuid();
      attempts.current.set(id, clientId);
      const answer = await api.messages.forwardMessage({ target: { case: "conversationId", value: id }, sourceConversationId: conversationId, sourceSeq: message.seq, clientId });
      if (answer.message) conversations.takeSent(answer.message);
      toasts.tell(say("forward.done", { name }));
      onClose();
    });
  return (
    <Dialog title={say("forward.title")} onClose={onClose}>
      <blockquote dir="auto" className="line-clamp-2 border-s-2 border-line ps-3 text-sm [overflow-wrap:anywhere] text-muted">
        {summaryOf(message)}
      </blockquote>
      <input
        type="search"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        aria-label={say("forward.search")}
        placeholder={say("search.placeholder")}
        maxLength={100}
        className="rounded-lg border border-line bg-ground px-3 py-2"
      />
      <ul aria-label={say("forward.list")} className="-mx-2 h-64 min-h-24 overflow-y-auto">
        {offered.map((conversation) => (
          <TargetRow key={conversation.id} conversation={conversation} isDisabled={isBusy} onChoose={(name) => void forward(conversation.id, name)} />
        ))}
      </ul>
      <FormProblem problem={problem} />
      <div className="flex justify-end">
        <Button onClick={onClose}>{say("do.cancel")}</Button>
      </div>
    </Dialog>
  );
}

function TargetRow({ conversation, isDisabled, onChoose }: { readonly conversation: Conversation; readonly isDisabled: boolean; readonly onChoose: (name: string) => void }): ReactElement {
  const face = useFace(conversation);
  return (
    <li>
      <button type="button" disabled={isDisabled} onClick={() => onChoose(face.name)} className="flex w-full items-center gap-3 rounded-lg px-2 py-1.5 text-start hover:bg-raised disabled:opacity-60">
        <Avatar {...face} className="size-8 text-xs" />
        <bdi className="truncate">{face.name}</bdi>
      </button>
    </li>
  );
}

function useOffered(query: string): readonly Conversation[] {
  const byId = useStore(useChat().conversations.store, (state) => state.byId);
  const nameFor = useConversationNames();
  return useMemo(() => {
    const wanted = folded(query.trim());
    const fitting = [...byId.values()].filter((conversation) => folded(nameFor(conversation)).includes(wanted));
    return fitting.sort((a, b) => lastTime(b) - lastTime(a)).slice(0, OFFERED_MAX);
  }, [byId, nameFor, query]);
}
