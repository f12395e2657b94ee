// Makes a group: a title, people, and what those who join later may read.
import { type FormEvent, type ReactElement, useRef, useState } from "react";
import { goTo } from "../../app/route";
import { useChat } from "../../chat/use-chat";
import type { User } from "../../gen/confab/auth/v1/user_pb";
import { History } from "../../gen/confab/message/v1/group_pb";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { complaintOn, FormProblem, Switch, TextField } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import { say } from "../../words/say";
import { newUuid } from "../conversation/uuid";
import { PeoplePicker } from "../people/people-picker";

/** The form; it opens the group when it is made. */
export default function NewGroupDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { api, conversations } = useChat();
  const [title, setTitle] = useState("");
  const [chosen, setChosen] = useState<readonly User[]>([]);
  const [showsPast, setShowsPast] = useState(true);
  const [complaint, setComplaint] = useState<string>();
  const [tried, setTried] = useState("");
  const { isBusy, problem, run } = useTask();
  // Under the same id a second try makes the same group.
  const attempt = useRef({ content: "", clientId: "" });

  const make = async (event: FormEvent) => {
    event.preventDefault();
    setComplaint(title.trim() === "" ? say("form.giveName") : undefined);
    if (title.trim() === "" || isBusy) return;
    setTried(title);
    const group = { title: title.trim(), memberIds: chosen.map(({ userId }) => userId), history: showsPast ? History.EVERYTHING : History.FROM_JOINING };
    const content = JSON.stringify(group);
    if (attempt.current.content !== content) attempt.current = { content, clientId: newUuid() };
    await run(async () => {
      const { conversation } = await api.conversations.createGroup({ ...group, clientId: attempt.current.clientId });
      conversations.takeAnswer(conversation);
      onClose();
      if (conversation) goTo({ place: "conversation", id: conversation.conversationId });
    });
  };
  return (
    <Dialog title={say("group.new")} onClose={onClose} className="max-w-md">
      <form onSubmit={(event) => void make(event)} className="flex min-h-0 flex-1 flex-col gap-4">
        <TextField label={say("group.name")} value={title} onChange={(event) => setTitle(event.target.value)} complaint={title.trim() === "" ? complaint : title === tried ? complaintOn(problem, "title") : undefined} dir="auto" autoComplete="off" />
        <PeoplePicker chosen={chosen} onChange={setChosen} />
        <Switch label={say("group.history")} isOn={showsPast} onChange={setShowsPast} hint={say("group.historyHint")} />
        <FormProblem problem={problem} shownFields={["title"]} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose} className="px-4! py-2!">
            {say("do.cancel")}
          </Button>
          <Button type="submit" look="primary" disabled={isBusy} className="py-2!">
            {say("group.make")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
