// Whom one has blocked, and a way to take that back.
import { type ReactElement, useEffect, useState } from "react";
import { useStore } from "zustand";
import { type Problem, problemOf } from "../../api/problem";
import { nameOf, useChat } from "../../chat/use-chat";
import { Button } from "../../ui/button";
import { say } from "../../words/say";
import { Portrait } from "../people/portrait";

/** The latest first. */
export function BlockedList(): ReactElement {
  const { blocks, people, toasts } = useChat();
  const ids = useStore(blocks.store);
  const known = useStore(people.store);
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => void blocks.load().catch((thrown: unknown) => setProblem(problemOf(thrown))), [blocks]);
  useEffect(() => people.need(ids ?? []), [people, ids]);
  if (problem) return <p role="alert" className="text-sm text-muted">{`${say("block.failed")} ${problem.text}`}</p>;
  if (!ids || ids.length === 0) return <p className="text-sm text-muted">{say("block.nobody")}</p>;
  return (
    <ul aria-label={say("block.list")} className="flex flex-col gap-1">
      {ids.map((id) => (
        <li key={id} className="flex items-center gap-3">
          <Portrait id={id} name={nameOf(known.get(id))} className="size-8 text-xs" />
          <bdi className="min-w-0 flex-1 truncate">{nameOf(known.get(id))}</bdi>
          <Button onClick={() => void blocks.unblock(id).catch((thrown: unknown) => toasts.complainOf(problemOf(thrown)))} className="text-sm">
            {say("block.undo")}<span className="sr-only"> {nameOf(known.get(id))}</span>
          </Button>
        </li>
      ))}
    </ul>
  );
}
