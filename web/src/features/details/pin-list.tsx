// What is pinned in a conversation; read again when that changes.
import { type ReactElement, useEffect, useState } from "react";
import { useStore } from "zustand";
import { type Problem, problemOf } from "../../api/problem";
import { nameOf, useChat } from "../../chat/use-chat";
import type { Message } from "../../gen/confab/message/v1/message_pb";
import { attachmentsOf } from "../../log/attachment";
import { Icon } from "../../ui/icons";
import { shortTime } from "../../ui/time";
import { say } from "../../words/say";
import { summaryOf } from "../attachments/words";
import type { Conversation } from "../conversations/conversation";

/** The contract lets a conversation have no more. */
const PINS_MAX = 100;

/** The pinned messages, the newest first; nothing if there are none. */
export function PinList({ conversation: { id, log }, onJump }: { readonly conversation: Conversation; readonly onJump: (seq: bigint) => void }): ReactElement | null {
  const { api, people } = useChat();
  const known = useStore(people.store);
  const [pins, setPins] = useState<readonly Message[]>([]);
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    const life = new AbortController();
    api.messages.listPinnedMessages({ conversationId: id, pageSize: PINS_MAX }, { signal: life.signal }).then(
      ({ messages }) => {
        people.need(messages.map(({ senderId }) => senderId));
        setPins(messages);
        setProblem(undefined);
      },
      (thrown) => !life.signal.aborted && setProblem(problemOf(thrown)),
    );
    return () => life.abort();
  }, [api, id, people, log.pinsSeq]);

  if (problem) return <p role="alert" className="text-sm text-muted">{`${say("pins.failed")} ${problem.text}`}</p>;
  if (pins.length === 0) return null;
  return (
    <section aria-label={say("pins.label")}>
      <h3 className="mb-1 flex items-center gap-1.5 text-sm font-medium text-muted">
        <Icon name="pin" className="size-4" />
        {say("pins.title")}
      </h3>
      <ul className="flex flex-col gap-1.5">
        {pins.map((message) => (
          <li key={String(message.seq)}>
            <button type="button" title={say("do.showIt")} onClick={() => onJump(message.seq)} className="flex w-full flex-col rounded-lg bg-raised px-3 py-2 text-start text-sm hover:bg-soft">
              <span className="flex w-full items-baseline gap-2">
                <bdi className="min-w-0 flex-1 truncate font-medium">{nameOf(known.get(message.senderId))}</bdi>
                <time className="shrink-0 text-xs text-muted">{shortTime(Number(message.createTime?.seconds ?? 0n) * 1000, Date.now())}</time>
              </span>
              <span dir="auto" className="line-clamp-3 [overflow-wrap:anywhere]">
                {summaryOf({ text: message.text, attachments: attachmentsOf(message.attachments) })}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
