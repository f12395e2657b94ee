// Reads the history of the conversation that is looked at, page by page.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type Problem, problemOf } from "../../api/problem";
import { useChat } from "../../chat/use-chat";
import type { Older } from "../../kept/shelf";
import { isFull as isLogFull } from "../../log/log";
import type { Conversation } from "../conversations/conversation";

/** How it stands with the history. */
export interface History {
  readonly status: "loading" | "ready" | "failed";
  readonly problem?: Problem;
  /** Whether everything older has been read. */
  readonly isComplete: boolean;
  /** Whether as much is held as can be, and there is more: it is found by its day. */
  readonly isFull: boolean;
  /** Reads the page before what is shown, or tries again. */
  readonly loadOlder: () => void;
  /** What is shown now begins elsewhere: with an empty token, at the beginning. */
  readonly goOnFrom: (token: string) => void;
}

/** What is kept in the browser comes first. */
const BEGINNING: Older = { from: "shelf" };

type State = Pick<History, "status" | "problem"> & { /** What to read next; nothing, if everything was read. */ readonly older: Older | undefined };

/** The history of a conversation that is known. */
export function useHistory({ id, log }: Conversation): History {
  const { conversations } = useChat();
  const [state, setState] = useState<State>({ status: "loading", older: BEGINNING });
  const life = useRef<AbortSignal>(undefined);

  const load = useCallback(
    async (from: Older, signal: AbortSignal) => {
      setState({ status: "loading", older: from });
      try {
        const older = await conversations.loadHistory(id, from, signal);
        if (!signal.aborted) setState({ status: "ready", older });
      } catch (thrown) {
        if (!signal.aborted) setState({ status: "failed", problem: problemOf(thrown), older: from });
      }
    },
    [conversations, id],
  );

  useEffect(() => {
    const controller = new AbortController();
    life.current = controller.signal;
    void load(BEGINNING, controller.signal);
    return () => {
      controller.abort();
      conversations.leave(id);
    };
  }, [conversations, id, load]);

  const isFull = isLogFull(log);
  const isComplete = state.older === undefined && !isFull;
  const loadOlder = useCallback(() => {
    if (state.status !== "loading" && state.older && !isFull && life.current) void load(state.older, life.current);
  }, [state, isFull, load]);
  const goOnFrom = useCallback((token: string) => setState({ status: "ready", older: token === "" ? undefined : { from: "server", token } }), []);
  const { status, problem } = state;
  return useMemo(() => ({ status, problem, isComplete, isFull, loadOlder, goOnFrom }), [status, problem, isComplete, isFull, loadOlder, goOnFrom]);
}
