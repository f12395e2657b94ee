// What stands where there is nothing else to show: why, and what to do next.
import type { ReactElement, ReactNode } from "react";
import type { Problem } from "../api/problem";
import { say } from "../words/say";
import { Button } from "./button";
import { Icon } from "./icons";
import { RequestNumber } from "./request-number";

interface NoticeProps {
  readonly icon: Parameters<typeof Icon>[0]["name"];
  readonly title: string;
  readonly children?: ReactNode;
}

/** An empty place, explained. */
export function Notice({ icon, title, children }: NoticeProps): ReactElement {
  return (
    <div className="m-auto flex max-w-xs flex-col items-center gap-2 px-6 py-10 text-center text-muted">
      <span className="mb-1 rounded-full bg-soft p-3 text-accent">
        <Icon name={icon} className="size-6" />
      </span>
      <p className="font-medium text-ink">{title}</p>
      {children}
    </div>
  );
}

/** Something could not be shown; `onRetry` tries again. */
export function ProblemNotice({ title, problem, onRetry }: { readonly title: string; readonly problem: Problem; readonly onRetry: () => void }): ReactElement {
  return (
    <div role="alert" className="flex w-full flex-1">
      <Notice icon="alert" title={title}>
        <p>{problem.text}</p>
        {problem.requestId && <RequestNumber id={problem.requestId} />}
        <Button onClick={onRetry} className="mt-2 text-ink">
          {say("do.tryAgain")}
        </Button>
      </Notice>
    </div>
  );
}
