// Something that a press starts, which takes a while and may fail.
import { useCallback, useState } from "react";
import { type Problem, problemOf } from "../api/problem";

/** How it stands with it. */
export interface Task {
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  /** Does it, unless it is being done. Resolves to whether it was done. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
}

/** Remembers whether it is being done, and why it failed. */
export function useTask(): Task {
  const [state, setState] = useState<{ isBusy: boolean; problem?: Problem }>({ isBusy: false });
  const run = useCallback(async (work: () => Promise<unknown>) => {
    setState({ isBusy: true });
    try {
      await work();
      setState({ isBusy: false });
      return true;
    } catch (thrown) {
      setState({ isBusy: false, problem: problemOf(thrown) });
      return false;
    }
  }, []);
  return { isBusy: state.isBusy, problem: state.problem, run };
}
