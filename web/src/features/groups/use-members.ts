// Who is in a conversation, a page at a time; read again when that changes.
import { useCallback, useEffect, useRef, useState } from "react";
import { type Problem, problemOf } from "../../api/problem";
import { useChat } from "../../chat/use-chat";
import type { Member } from "../../gen/confab/message/v1/group_pb";

/** The most the contract gives at once. */
const MEMBERS_PAGE = 100;

/** What was read. */
export interface Members {
  readonly status: "loading" | "ready" | "failed";
  readonly problem?: Problem;
  readonly members: readonly Member[];
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  readonly retry: () => void;
}

type State = Pick<Members, "status" | "problem" | "members"> & { readonly nextPageToken: string };

/** The members of the conversation `id`, which has changed `revision` times. */
export function useMembers(id: string, revision: bigint): Members {
  const { api, people } = useChat();
  const [state, setState] = useState<State>({ status: "loading", members: [], nextPageToken: "" });
  const [tries, setTries] = useState(0);
  const life = useRef<AbortSignal>(undefined);

  const load = useCallback(
    async (pageToken: string, before: readonly Member[], signal: AbortSignal) => {
      try {
        const page = await api.conversations.listMembers({ conversationId: id, pageSize: MEMBERS_PAGE, pageToken }, { signal });
        people.need(page.members.map(({ userId }) => userId));
        if (!signal.aborted) setState({ status: "ready", members: [...before, ...page.members], nextPageToken: page.nextPageToken });
      } catch (thrown) {
        if (!signal.aborted) setState({ status: "failed", problem: problemOf(thrown), members: before, nextPageToken: pageToken });
      }
    },
    [api, id, people],
  );
  useEffect(() => {
    const controller = new AbortController();
    life.current = controller.signal;
    void load("", [], controller.signal);
    return () => controller.abort();
  }, [load, revision, tries]);

  return {
    ...state,
    hasMore: state.nextPageToken !== "",
    loadMore: () => void (life.current && load(state.nextPageToken, state.members, life.current)),
    retry: () => setTries(tries + 1),
  };
}
