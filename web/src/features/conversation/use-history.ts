// Reads the history of the conversation that is looked at, page by page.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type Problem, problemOf } from "../../api/problem";
import { useChat } from "../../chat/use-chat";

/** How it stands with the history. */
export interface History {
  readonly status: "loading" | "ready" | "failed";
  readonly problem?: Problem;
  /** Whether everything older has been read. */
  readonly isComplete: boolean;
  /** Reads the page before what is shown, or tries again. */
  readonly loadOlder: () => void;
}

type State = Pick<History, "status" | "problem"> & { /** Absent before the first page. */ readonly nextPageToken?: string };

/** The history of a conversation that is known. */
export function useHistory(id: string): History {
  const { conversations } = useChat();
  const [state, setState] = useState<State>({ status: "loading" });
  const life = useRef<AbortSignal>(undefined);

  const load = useCallback(
    async (pageToken: string | undefined, signal: AbortSignal) => {
      setState({ status: "loading", nextPageToken: pageToken });
      try {
        const nextPageToken = await conversations.loadHistory(id, pageToken ?? "", signal);
        if (!signal.aborted) setState({ status: "ready", nextPageToken });
      } catch (thrown) {
        if (!signal.aborted) setState({ status: "failed", problem: problemOf(thrown), nextPageToken: pageToken });
      }
    },
    [conversations, id],
  );

  useEffect(() => {
    const controller = new AbortController();
    life.current = controller.signal;
    void load(undefined, controller.signal);
    return () => {
      controller.abort();
      conversations.leave(id);
    };
  }, [conversations, id, load]);

  const isComplete = state.nextPageToken === "";
  const loadOlder = useCallback(() => {
    if (state.status !== "loading" && !isComplete && life.current) void load(state.nextPageToken, life.current);
  }, [state, isComplete, load]);
  const { status, problem } = state;
  return useMemo(() => ({ status, problem, isComplete, loadOlder }), [status, problem, isComplete, loadOlder]);
}
