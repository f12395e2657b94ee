// What stands above the oldest message: more, or the beginning.
import type { ReactElement } from "react";
import { Button } from "../../ui/button";
import { Notice, ProblemNotice } from "../../ui/notice";
import { BubblesSkeleton } from "../../ui/skeleton";
import { say, Say } from "../../words/say";
import type { History } from "./use-history";

/** As high whether or not there is more: what stands below does not move. High enough for the day in sight, which hangs over it. */
export function Beginning({ history, isEmpty, otherName }: { readonly history: History; readonly isEmpty: boolean; readonly otherName: string }): ReactElement {
  const { status, problem, isComplete, isFull, loadOlder } = history;
  if (isEmpty && status === "loading") return <BubblesSkeleton label={say("conversation.loadingMessages")} />;
  if (isEmpty && problem) return <ProblemNotice title={say("conversation.messagesFailed")} problem={problem} onRetry={loadOlder} />;
  if (isEmpty && isComplete) {
    return (
      <Notice icon="chats" title={say("conversation.empty")}>
        <p className="[overflow-wrap:anywhere]">
          <Say phrase="conversation.sayHello" name={<bdi>{otherName}</bdi>} />
        </p>
      </Notice>
    );
  }
  if (problem) {
    return (
      <p role="alert" className="mt-auto min-h-16 shrink-0 pt-9 text-center text-sm text-muted">
        {say("conversation.olderFailed")} {problem.text}{" "}
        <Button look="link" onClick={loadOlder}>
          {say("do.tryAgain")}
        </Button>
      </p>
    );
  }
  return (
    <p className="mt-auto flex h-16 shrink-0 items-end justify-center pb-2 text-center text-sm text-muted">
      {isComplete && !isEmpty && say("conversation.begins")}
      {isFull && say("conversation.isFull")}
      {status === "loading" && <span className="appear-late">{say("conversation.loadingOlder")}</span>}
    </p>
  );
}
