// What others see of one.
import { type FormEvent, type ReactElement, useState } from "react";
import { useChat, usePerson } from "../../chat/use-chat";
import { Button } from "../../ui/button";
import { complaintOn, FormProblem, TextField } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import { say } from "../../words/say";

/** The name; the address is only to be seen. */
export function ProfileForm(): ReactElement {
  const { api, me, people, toasts } = useChat();
  const current = usePerson(me.userId)?.name ?? me.name;
  const [name, setName] = useState(current);
  const { isBusy, problem, run } = useTask();
  const isChanged = name.trim() !== current && name.trim() !== "";

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!isChanged || isBusy) return;
    await run(async () => {
      const { user } = await api.auth.updateProfile({ profile: { name: name.trim() } });
      people.remember([user]);
      toasts.tell(say("settings.saved"));
    });
  };
  return (
    <form onSubmit={(event) => void save(event)} className="flex flex-col gap-3">
      <TextField
        label={say("signIn.name")}
        value={name}
        onChange={(event) => setName(event.target.value)}
        complaint={name.trim() === "" ? say("form.fillIn") : complaintOn(problem, "profile.name")}
        dir="auto"
        autoComplete="name"
      />
      <p className="text-sm break-all text-muted">{me.email}</p>
      <FormProblem problem={problem} shownFields={["profile.name"]} />
      {isChanged && (
        <Button type="submit" look="primary" disabled={isBusy} className="self-start py-1.5!">
          {say("do.save")}
        </Button>
      )}
    </form>
  );
}
