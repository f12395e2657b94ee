// All the ways a message was put, the newest first.
import { type ReactElement, useCallback, useEffect, useState } from "react";
import { useChat } from "../../chat/use-chat";
import type { Version } from "../../gen/confab/message/v1/message_service_pb";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { FormProblem } from "../../ui/form";
import { ListSkeleton } from "../../ui/skeleton";
import { wholeTime } from "../../ui/time";
import { useTask } from "../../ui/use-task";
import { Written } from "../../ui/written";
import { say } from "../../words/say";

interface Page {
  readonly versions: readonly Version[];
  readonly nextPageToken: string;
}

const NONE: Page = { versions: [], nextPageToken: "" };

/** Everybody in the conversation may read them. */
export function VersionsDialog({ conversationId, seq, onClose }: { readonly conversationId: string; readonly seq: bigint; readonly onClose: () => void }): ReactElement {
  const { api } = useChat();
  const [page, setPage] = useState<Page>();
  const { isBusy, problem, run } = useTask();
  const load = useCallback(
    (before: Page) =>
      run(async () => {
        const { versions, nextPageToken } = await api.messages.listEdits({ conversationId, seq, pageToken: before.nextPageToken });
        setPage({ versions: [...before.versions, ...versions], nextPageToken });
      }),
    [api, conversationId, seq, run],
  );
  useEffect(() => void load(NONE), [load]);
  const hasMore = problem !== undefined || (page !== undefined && page.nextPageToken !== "");
  return (
    <Dialog title={say("act.versions")} onClose={onClose} className="max-w-md">
      {!page && isBusy && <ListSkeleton label={say("versions.loading")} />}
      <ol aria-label={say("versions.list")} className="-mx-1 flex min-h-0 flex-1 flex-col gap-2 overflow-y-auto px-1">
        {page?.versions.map(({ seq: place, text, createTime }) => (
          <li key={String(place)} className="rounded-lg bg-raised px-3 py-2">
            <time className="text-xs text-muted">{wholeTime(Number(createTime?.seconds ?? 0n) * 1000)}</time>
            <p dir="auto" className="[overflow-wrap:anywhere] whitespace-pre-wrap">
              <Written text={text} />
            </p>
          </li>
        ))}
      </ol>
      <FormProblem problem={problem} />
      <div className="flex justify-end gap-2">
        {hasMore && (
          <Button disabled={isBusy} onClick={() => void load(page ?? NONE)}>
            {say(problem ? "do.tryAgain" : "do.showMore")}
          </Button>
        )}
        <Button onClick={onClose}>{say("do.close")}</Button>
      </div>
    </Dialog>
  );
}
