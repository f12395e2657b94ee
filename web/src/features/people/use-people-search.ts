// Finds people by the beginning of their names, as somebody types.
import { useCallback, useEffect, useRef, useState } from "react";
import { pause } from "../../api/backoff";
import { type Problem, problemOf } from "../../api/problem";
import { useChat } from "../../chat/use-chat";
import type { User } from "../../gen/confab/auth/v1/user_pb";

/** Waits this long after a key, so that not every letter is a call. */
const TYPING_MS = 180;

/** What was found. */
export interface PeopleSearch {
  readonly status: "loading" | "ready" | "failed";
  readonly problem?: Problem;
  readonly found: readonly User[];
  /** Whether there are more to fetch. */
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  readonly retry: () => void;
}

type Found = Pick<PeopleSearch, "status" | "problem" | "found"> & { readonly nextPageToken: string };

const NOTHING: Found = { status: "loading", found: [], nextPageToken: "" };

/** Everybody whose name begins with `prefix`, but not oneself. */
export function usePeopleSearch(prefix: string): PeopleSearch {
  const { api, me, people } = useChat();
  const [state, setState] = useState(NOTHING);
  const [tries, setTries] = useState(0);
  const call = useRef<AbortSignal>(undefined);

  const load = useCallback(
    async (pageToken: string, before: readonly User[], signal: AbortSignal) => {
      try {
        const page = await api.users.listUsers({ namePrefix: prefix, pageToken }, { signal });
        if (signal.aborted) return;
        people.remember(page.users);
        const others = page.users.filter(({ userId }) => userId !== me.userId);
        setState({ status: "ready", found: [...before, ...others], nextPageToken: page.nextPageToken });
      } catch (thrown) {
        if (!signal.aborted) setState({ status: "failed", problem: problemOf(thrown), found: before, nextPageToken: pageToken });
      }
    },
    [api, me, people, prefix],
  );

  useEffect(() => {
    const life = new AbortController();
    call.current = life.signal;
    setState((before) => ({ ...before, status: "loading" }));
    void pause(prefix === "" ? 0 : TYPING_MS, life.signal).then(() => (life.signal.aborted ? undefined : load("", [], life.signal)));
    return () => life.abort();
  }, [load, prefix, tries]);

  const loadMore = () => {
    if (state.status === "loading" || !call.current) return;
    setState({ ...state, status: "loading" });
    void load(state.nextPageToken, state.found, call.current);
  };
  return { ...state, hasMore: state.nextPageToken !== "", loadMore, retry: () => setTries(tries + 1) };
}
