// Who put which emoji on a message.
import { type ReactElement, useEffect, useState } from "react";
import { useStore } from "zustand";
import { type Problem, problemOf } from "../../api/problem";
import { nameOf, useChat } from "../../chat/use-chat";
import type { UserReaction } from "../../gen/confab/message/v1/reaction_requests_pb";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { ProblemNotice } from "../../ui/notice";
import { ListSkeleton } from "../../ui/skeleton";
import { say } from "../../words/say";
import { Portrait } from "../people/portrait";

const PAGE = 100;

interface Page {
  readonly reactions: readonly UserReaction[];
  readonly nextPageToken: string;
}

/** The list, a page at a time. */
export function ReactorsDialog({ conversationId, seq, onClose }: { readonly conversationId: string; readonly seq: bigint; readonly onClose: () => void }): ReactElement {
  const { api, people } = useChat();
  const known = useStore(people.store);
  const [page, setPage] = useState<Page>();
  const [problem, setProblem] = useState<Problem>();

  const load = async (before: readonly UserReaction[], pageToken: string) => {
    setProblem(undefined);
    try {
      const { reactions, nextPageToken } = await api.messages.listReactions({ conversationId, seq, pageSize: PAGE, pageToken });
      people.need(reactions.map(({ userId }) => userId));
      setPage({ reactions: [...before, ...reactions], nextPageToken });
    } catch (thrown) {
      setProblem(problemOf(thrown));
    }
  };
  // Once: what changes while one looks is seen on the message.
  useEffect(() => void load([], ""), []);
  return (
    <Dialog title={say("reactions.list")} onClose={onClose}>
      {problem && <ProblemNotice title={say("reactions.failed")} problem={problem} onRetry={() => void load(page?.reactions ?? [], page?.nextPageToken ?? "")} />}
      {!page && !problem && <ListSkeleton label={say("reactions.loading")} />}
      <ul className="-mx-2 min-h-0 flex-1 overflow-y-auto">
        {page?.reactions.map(({ emoji, userId }) => (
          <li key={`${emoji} ${userId}`} className="flex items-center gap-3 rounded-lg px-2 py-1.5">
            <Portrait id={userId} name={nameOf(known.get(userId))} className="size-8 text-xs" />
            <bdi className="min-w-0 flex-1 truncate">{nameOf(known.get(userId))}</bdi>
            <span className="text-xl">{emoji}</span>
          </li>
        ))}
      </ul>
      <div className="flex justify-end gap-2">
        {page && page.nextPageToken !== "" && <Button onClick={() => void load(page.reactions, page.nextPageToken)}>{say("do.showMore")}</Button>}
        <Button onClick={onClose}>{say("do.close")}</Button>
      </div>
    </Dialog>
  );
}
