// What others see of one.
import { type FormEvent, type ReactElement, useState } from "react";
import { useChat } from "../../chat/use-chat";
import type { User } from "../../gen/confab/auth/v1/user_pb";
import { Button } from "../../ui/button";
import { complaintOn, FormProblem, TextField } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { say } from "../../words/say";
import { changesOf, type Profile } from "./profile-changes";
import { TimeZoneField } from "./time-zone-field";

const SHOWN_FIELDS = ["profile.name", "profile.status_text", "profile.time_zone"];

/** The name, a word about oneself, and the time zone. */
export function ProfileForm({ user, onSaved }: { readonly user: User; readonly onSaved: (user: User | undefined) => void }): ReactElement {
  const { api, toasts } = useChat();
  const [profile, setProfile] = useState<Profile>({ name: user.name, statusText: user.statusText, timeZone: user.timeZone });
  const { isBusy, problem, run } = useTask();
  const paths = changesOf(user, profile);
  const isNameless = profile.name.trim() === "";
  const change = (part: Partial<Profile>) => setProfile((before) => ({ ...before, ...part }));

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (paths.length === 0 || isNameless || isBusy) return;
    await run(async () => {
      const { user: now } = await api.auth.updateProfile({ profile: { ...profile, name: profile.name.trim(), statusText: profile.statusText.trim() }, updateMask: { paths } });
      onSaved(now);
      toasts.tell(say("settings.saved"));
    });
  };
  return (
    <form onSubmit={(event) => void save(event)} className="flex flex-col gap-3">
      <TextField label={say("signIn.name")} value={profile.name} onChange={({ target }) => change({ name: target.value })} complaint={isNameless ? say("form.fillIn") : complaintOn(problem, "profile.name")} dir="auto" autoComplete="name" />
      <TextField
        label={say("profile.status")}
        placeholder={say("profile.statusHint")}
        value={profile.statusText}
        onChange={({ target }) => change({ statusText: target.value })}
        complaint={complaintOn(problem, "profile.status_text")}
        dir="auto"
        autoComplete="off"
      />
      <TimeZoneField value={profile.timeZone} onChange={(timeZone) => change({ timeZone })} complaint={complaintOn(problem, "profile.time_zone")} />
      <FormProblem problem={problem} shownFields={SHOWN_FIELDS} />
      {paths.length > 0 && !isNameless && (
        <Button type="submit" look="primary" disabled={isBusy} className="self-start py-1.5!">
          {say("do.save")}
        </Button>
      )}
    </form>
  );
}
