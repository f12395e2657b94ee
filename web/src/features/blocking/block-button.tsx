// Keeps somebody away, after a question; and takes that back.
import { type ReactElement, useState } from "react";
import { problemOf } from "../../api/problem";
import { nameOf, useChat, usePerson } from "../../chat/use-chat";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { Icon } from "../../ui/icons";
import { useTask } from "../../ui/use-task";
import { say, Say } from "../../words/say";
import { useIsBlocked } from "./use-blocks";

/** For the details of a conversation of two. */
export function BlockButton({ userId }: { readonly userId: string }): ReactElement {
  const { blocks, toasts } = useChat();
  const name = nameOf(usePerson(userId));
  const isBlocked = useIsBlocked(userId);
  const [isAsking, setAsking] = useState(false);
  const { isBusy, problem, run } = useTask();
  const block = async () => {
    if (await run(() => blocks.block(userId))) setAsking(false);
  };
  const unblock = () => void blocks.unblock(userId).catch((thrown: unknown) => toasts.complainOf(problemOf(thrown)));
  return (
    <>
      <Button look="quiet" onClick={() => (isBlocked ? unblock() : setAsking(true))} className={`flex items-center gap-3 ${isBlocked ? "" : "text-danger! hover:bg-danger-soft!"}`}>
        <Icon name="block" />
        {say(isBlocked ? "block.undo" : "block.do")}
      </Button>
      {isAsking && (
        <Confirm title={say("block.title", { name })} action={say("block.do")} isBusy={isBusy} problem={problem} onConfirm={() => void block()} onClose={() => setAsking(false)}>
          {say("block.warning")}
        </Confirm>
      )}
    </>
  );
}

/** Stands in the place of the field. */
export function BlockedBar({ userId }: { readonly userId: string }): ReactElement {
  const { blocks, toasts } = useChat();
  const name = nameOf(usePerson(userId));
  return (
    <div className="flex flex-wrap items-center justify-center gap-x-3 gap-y-1 border-t border-line bg-panel px-4 py-4 text-muted">
      <p>
        <Say phrase="block.line" name={<bdi>{name}</bdi>} />
      </p>
      <Button onClick={() => void blocks.unblock(userId).catch((thrown: unknown) => toasts.complainOf(problemOf(thrown)))}>{say("block.undo")}</Button>
    </div>
  );
}
