// Gives a group another name, and says what it is about.
import { type FormEvent, type ReactElement, useState } from "react";
import { useChat } from "../../chat/use-chat";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { complaintOn, FormProblem, TextArea, TextField } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import { say } from "../../words/say";
import type { Conversation } from "../conversations/conversation";

/** The form, with what is true now. */
export function ProfileDialog({ conversation, onClose }: { readonly conversation: Conversation; readonly onClose: () => void }): ReactElement {
  const { api, conversations } = useChat();
  const [title, setTitle] = useState(conversation.log.title ?? "");
  const [description, setDescription] = useState(conversation.description);
  const { isBusy, problem, run } = useTask();
  const isBlank = title.trim() === "";

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (isBlank || isBusy) return;
    await run(async () => {
      const answer = await api.conversations.updateConversation({ conversationId: conversation.id, title: title.trim(), description: description.trim() });
      conversations.takeAnswer(answer.conversation);
      onClose();
    });
  };
  return (
    <Dialog title={say("group.edit")} onClose={onClose}>
      <form onSubmit={(event) => void save(event)} className="flex flex-col gap-4">
        <TextField label={say("group.name")} value={title} onChange={(event) => setTitle(event.target.value)} complaint={isBlank ? say("form.giveName") : complaintOn(problem, "title")} dir="auto" autoComplete="off" />
        <TextArea label={say("group.about")} value={description} onChange={(event) => setDescription(event.target.value)} dir="auto" />
        <FormProblem problem={problem} shownFields={["title"]} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose} className="px-4! py-2!">
            {say("do.cancel")}
          </Button>
          <Button type="submit" look="primary" disabled={isBusy} className="py-2!">
            {say("do.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
