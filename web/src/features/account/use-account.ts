// Oneself as the server has it: the page remembers only who one is.
import { useCallback, useEffect, useState } from "react";
import type { Problem } from "../../api/problem";
import { useChat } from "../../chat/use-chat";
import type { User } from "../../gen/confab/auth/v1/user_pb";
import { useTask } from "../../ui/use-task";

/** The account of whoever is signed in. */
export interface Account {
  /** Absent until it is known. */
  readonly user: User | undefined;
  readonly problem: Problem | undefined;
  readonly load: () => void;
  /** Takes note of what a call has answered. */
  readonly note: (user: User | undefined) => void;
}

/** Asks when it is first needed. */
export function useAccount(): Account {
  const { api, people } = useChat();
  const [user, setUser] = useState<User>();
  const { problem, run } = useTask();
  const note = useCallback(
    (now: User | undefined) => {
      if (!now) return;
      setUser(now);
      people.remember([now]);
    },
    [people],
  );
  const load = useCallback(() => void run(async () => note((await api.auth.getMe({})).user)), [api, note, run]);
  useEffect(load, [load]);
  return { user, problem, load, note };
}
