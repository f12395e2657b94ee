// What is known of a message beside what it says: its number, its times, how
// safely it is kept, who has got and who has read it.
import { type ReactElement, type ReactNode, useEffect, useState } from "react";
import { useStore } from "zustand";
import { nameOf, useChat } from "../../chat/use-chat";
import type { Message } from "../../gen/confab/message/v1/message_pb";
import { Durability } from "../../gen/confab/message/v1/message_service_pb";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { FormProblem } from "../../ui/form";
import { ListSkeleton } from "../../ui/skeleton";
import { wholeTime } from "../../ui/time";
import { useTask } from "../../ui/use-task";
import { isolated } from "../../words/isolated";
import { say } from "../../words/say";
import { spoken } from "../../words/spoken";
import { useConversation } from "../conversations/use-conversations";
import { MARKS_MAX } from "../marks/marks";
import type { Stored } from "./use-message-actions";

interface DetailsDialogProps {
  readonly conversationId: string;
  readonly message: Stored;
  readonly onClose: () => void;
}

/** As the server has it now. */
export function DetailsDialog({ conversationId, message: { seq, senderId }, onClose }: DetailsDialogProps): ReactElement {
  const { api, outbox } = useChat();
  const [message, setMessage] = useState<Message>();
  const { isBusy, problem, run } = useTask();
  useEffect(() => void run(async () => setMessage((await api.messages.getMessage({ conversationId, seq })).message)), [api, conversationId, seq, run]);
  const safety = message && outbox.durabilityOf(message.clientId);
  return (
    <Dialog title={say("trace.title")} onClose={onClose} className="max-w-md">
      {!message && isBusy && <ListSkeleton label={say("trace.loading")} />}
      {message && (
        <dl className="flex min-h-0 flex-col gap-2.5 overflow-y-auto text-sm">
          <Fact name={say("trace.number")}>{say("trace.numberWords", { seq: String(seq), ordinal: String(message.ordinal) })}</Fact>
          <Fact name={say("trace.sent")}>
            <Time of={message.createTime} />
          </Fact>
          {message.editTime && (
            <Fact name={say("trace.edited")}>
              <Time of={message.editTime} />
            </Fact>
          )}
          {safety !== undefined && <Fact name={say("trace.safety")}>{say(safety === Durability.MAJORITY ? "trace.majority" : "trace.synced")}</Fact>}
          <Reached conversationId={conversationId} seq={seq} senderId={senderId} />
          <Fact name={say("trace.id")}>
            <code className="text-xs break-all">{message.clientId}</code>
          </Fact>
        </dl>
      )}
      <FormProblem problem={problem} />
      <div className="flex justify-end">
        <Button onClick={onClose}>{say("do.close")}</Button>
      </div>
    </Dialog>
  );
}

/** Who has got it, and who has read it. */
function Reached({ conversationId, seq, senderId }: { readonly conversationId: string; readonly seq: bigint; readonly senderId: string }): ReactElement {
  const { marks, people, me } = useChat();
  const known = useStore(people.store);
  const all = useStore(marks.store, (byId) => byId.get(conversationId));
  const isTold = (useConversation(conversationId)?.memberCount ?? 0) <= MARKS_MAX;
  if (!isTold) return <Fact name={say("trace.read")}>{say("trace.many")}</Fact>;
  const others = [...(all ?? [])].filter(([userId]) => userId !== senderId && userId !== me.userId);
  const names = (of: typeof others) => (of.length === 0 ? say("trace.nobody") : spoken().formats.list.format(of.map(([userId]) => isolated(nameOf(known.get(userId))))));
  const read = others.filter(([, mark]) => mark.readSeq >= seq);
  return (
    <>
      <Fact name={say("trace.delivered")}>{names(others.filter(([, mark]) => mark.deliveredSeq >= seq || mark.readSeq >= seq))}</Fact>
      <Fact name={say("trace.read")}>{names(read)}</Fact>
    </>
  );
}

function Time({ of }: { readonly of: Message["createTime"] }): ReactElement {
  const millis = Number(of?.seconds ?? 0n) * 1000 + Math.floor((of?.nanos ?? 0) / 1e6);
  return <time dateTime={new Date(millis).toISOString()}>{wholeTime(millis)}</time>;
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="[overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}
