// Oneself: what others see, and the address.
import type { ReactElement } from "react";
import { Button } from "../../ui/button";
import { FormProblem } from "../../ui/form";
import "../../words/of-settings";
import { say } from "../../words/say";
import { EmailState } from "./email-state";
import { ProfileForm } from "./profile-form";
import { ProfilePicture } from "./profile-picture";
import { useAccount } from "./use-account";

/** Shows what the server knows, which another device may have told it. */
export function YouSection(): ReactElement {
  const { user, problem, load, note } = useAccount();
  if (!user) {
    if (!problem) return <div role="status" aria-label={say("profile.loading")} className="skeleton h-48" />;
    return (
      <>
        <FormProblem problem={problem} />
        <Button onClick={load} className="self-start">
          {say("do.tryAgain")}
        </Button>
      </>
    );
  }
  return (
    <>
      <ProfilePicture user={user} onSaved={note} />
      <ProfileForm user={user} onSaved={note} />
      <EmailState user={user} onChanged={load} />
    </>
  );
}
