// What of a conversation is shown: its end, or a part of long ago that one has
// jumped to, which grows until it is part of the whole again.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { problemOf } from "../../api/problem";
import { useChat } from "../../chat/use-chat";
import { currentOf, type Excerpt, reaches } from "../../log/excerpt";
import type { LogMessage } from "../../log/log";
import type { Note } from "../../log/notes";
import type { Conversation } from "../conversations/conversation";
import { readExcerpt, readNewer, readOlder, type Start } from "./excerpts";
import { type History, useHistory } from "./use-history";

/** What is shown. */
export interface Passage {
  readonly messages: readonly LogMessage[];
  readonly notes: readonly Note[];
  /** What there is above. */
  readonly history: History;
  /** Whether it goes to the end of the conversation. */
  readonly isLive: boolean;
  /** Is another when something else is shown, not when the same has grown. */
  readonly key: number;
  /** Reads what is shown after the end of an excerpt. */
  readonly loadNewer: () => void;
  /** Shows what was said from somewhere on. Tells whether it could. */
  readonly open: (start: Start) => Promise<boolean>;
  /** Shows the end again. */
  readonly close: () => void;
}

interface State {
  readonly key: number;
  readonly excerpt: Excerpt | undefined;
  readonly status: History["status"];
  readonly problem?: History["problem"];
}

/** What is shown of a conversation that is known. */
export function usePassage(conversation: Conversation): Passage {
  const { id, log } = conversation;
  const { api, conversations, me } = useChat();
  const whole = useHistory(conversation);
  const [state, setState] = useState<State>({ key: 0, excerpt: undefined, status: "ready" });
  const life = useRef<AbortController>(undefined);
  const latest = useRef(state);
  latest.current = state;
  useEffect(() => () => life.current?.abort(), []);

  const { goOnFrom } = whole;
  const { excerpt } = state;
  useEffect(() => {
    if (!excerpt || !reaches(excerpt, log)) return;
    if (excerpt.messages.length > 0) {
      conversations.takeExcerpt(id, excerpt);
      goOnFrom(excerpt.olderToken);
    }
    setState(({ key }) => ({ key, excerpt: undefined, status: "ready" }));
  }, [conversations, id, excerpt, log, goOnFrom]);

  /** One after the other: what is asked for later counts. */
  const load = useCallback(async (work: (signal: AbortSignal) => Promise<Excerpt>, isAnother: boolean): Promise<boolean> => {
    life.current?.abort();
    const { signal } = (life.current = new AbortController());
    setState((now) => ({ ...now, status: "loading", problem: undefined }));
    try {
      const next = await work(signal);
      if (!signal.aborted) setState(({ key }) => ({ key: isAnother ? key + 1 : key, excerpt: next, status: "ready" }));
    } catch (thrown) {
      if (!signal.aborted) setState((now) => ({ ...now, status: "failed", problem: problemOf(thrown) }));
      return false;
    }
    return !signal.aborted;
  }, []);
  const open = useCallback((start: Start) => load((signal) => readExcerpt(api, id, start, signal), true), [load, api, id]);
  const grow = useCallback(
    (read: typeof readOlder) => {
      const { excerpt: now, status } = latest.current;
      if (now && status !== "loading") void load((signal) => read(api, id, now, signal), false);
    },
    [load, api, id],
  );
  const loadNewer = useCallback(() => grow(readNewer), [grow]);
  const close = useCallback(() => {
    life.current?.abort();
    setState(({ key, excerpt: left }) => ({ key: left ? key + 1 : key, excerpt: undefined, status: "ready" }));
  }, []);

  const { changes } = log;
  const past = useMemo(() => excerpt && { messages: currentOf(excerpt, changes, me.userId), notes: excerpt.notes }, [excerpt, changes, me.userId]);
  const { key, status, problem } = state;
  const part = useMemo<History>(
    () => ({ status, ...(problem && { problem }), isComplete: excerpt?.olderToken === "", isFull: false, loadOlder: () => grow(readOlder), goOnFrom }),
    [status, problem, excerpt, grow, goOnFrom],
  );
  const { messages, notes } = past ?? log;
  const history = past ? part : whole;
  return useMemo(() => ({ messages, notes, history, isLive: past === undefined, key, loadNewer, open, close }), [messages, notes, history, past, key, loadNewer, open, close]);
}
