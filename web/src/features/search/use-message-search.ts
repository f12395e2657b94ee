// Finds messages as somebody types, a page at a time.
import { useCallback, useEffect, useRef, useState } from "react";
import { pause } from "../../api/backoff";
import { type Problem, problemOf } from "../../api/problem";
import { useChat } from "../../chat/use-chat";
import type { Message } from "../../gen/confab/message/v1/message_pb";
import { type Filters, requestFor } from "./filters";
import { isSearchable } from "./highlight";

/** Waits this long after a key, so that not every letter is a call. */
const TYPING_MS = 250;
/** A page may be empty although there is more; so many are read for one press. */
const PAGES_MAX = 5;

/** What was found. */
export interface MessageSearch {
  readonly status: "idle" | "loading" | "ready" | "failed";
  readonly problem?: Problem;
  readonly found: readonly Message[];
  readonly hasMore: boolean;
  readonly loadMore: () => void;
}

type State = Omit<MessageSearch, "hasMore" | "loadMore"> & { readonly nextPageToken: string };

const IDLE: State = { status: "idle", found: [], nextPageToken: "" };

/** The messages with the words of `query`, the newest first. */
export function useMessageSearch(query: string, filters: Filters): MessageSearch {
  const { api, people } = useChat();
  const [state, setState] = useState(IDLE);
  const life = useRef<AbortSignal>(undefined);

  const load = useCallback(
    async (before: readonly Message[], pageToken: string, signal: AbortSignal) => {
      let found = before;
      let next = pageToken;
      try {
        for (let page = 0; page < PAGES_MAX; page += 1) {
          const answer = await api.messages.searchMessages(requestFor(query, filters, Date.now(), next), { signal });
          if (signal.aborted) return;
          people.need(answer.messages.map(({ senderId }) => senderId));
          found = [...found, ...answer.messages];
          next = answer.nextPageToken;
          if (next === "" || found.length > before.length) break;
        }
        setState({ status: "ready", found, nextPageToken: next });
      } catch (thrown) {
        if (!signal.aborted) setState({ status: "failed", problem: problemOf(thrown), found, nextPageToken: next });
      }
    },
    [api, people, query, filters],
  );
  useEffect(() => {
    if (!isSearchable(query)) return setState(IDLE);
    const controller = new AbortController();
    life.current = controller.signal;
    setState((before) => ({ ...before, status: "loading" }));
    void pause(TYPING_MS, controller.signal).then(() => (controller.signal.aborted ? undefined : load([], "", controller.signal)));
    return () => controller.abort();
  }, [load, query]);

  const loadMore = () => {
    if (state.status === "loading" || !life.current) return;
    setState({ ...state, status: "loading" });
    void load(state.found, state.nextPageToken, life.current);
  };
  return { ...state, hasMore: state.nextPageToken !== "" || state.status === "failed", loadMore };
}
