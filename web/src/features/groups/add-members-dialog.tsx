// Brings people into a group.
import { type ReactElement, useMemo, useState } from "react";
import { useChat } from "../../chat/use-chat";
import type { User } from "../../gen/confab/auth/v1/user_pb";
import type { Member } from "../../gen/confab/message/v1/group_pb";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { FormProblem } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import { say } from "../../words/say";
import type { Conversation } from "../conversations/conversation";
import { PeoplePicker } from "../people/people-picker";

interface AddMembersDialogProps {
  readonly conversation: Conversation;
  readonly members: readonly Member[];
  readonly onClose: () => void;
}

/** Offers everybody who is not in it. */
export function AddMembersDialog({ conversation: { id }, members, onClose }: AddMembersDialogProps): ReactElement {
  const { api, conversations } = useChat();
  const [chosen, setChosen] = useState<readonly User[]>([]);
  const { isBusy, problem, run } = useTask();
  const without = useMemo(() => new Set(members.map(({ userId }) => userId)), [members]);
  const add = () =>
    run(async () => {
      const { conversation } = await api.conversations.addMembers({ conversationId: id, userIds: chosen.map(({ userId }) => userId) });
      conversations.takeAnswer(conversation);
      onClose();
    });
  return (
    <Dialog title={say("group.addPeople")} onClose={onClose} className="max-w-md">
      <PeoplePicker chosen={chosen} onChange={setChosen} without={without} />
      <FormProblem problem={problem} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose} className="px-4! py-2!">
          {say("do.cancel")}
        </Button>
        <Button look="primary" disabled={isBusy || chosen.length === 0} onClick={() => void add()} className="py-2!">
          {chosen.length > 1 ? say("group.addCount", { count: chosen.length }) : say("group.add")}
        </Button>
      </div>
    </Dialog>
  );
}
