// Ends the session; asks first if messages would be lost.
import { type ReactElement, useState } from "react";
import { problemOf } from "../../api/problem";
import type { Session } from "../../api/session";
import { useChat } from "../../chat/use-chat";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { say } from "../../words/say";

/** The button at the top of the page. */
export function LogOutButton({ session }: { readonly session: Session }): ReactElement {
  const { outbox } = useChat();
  const [isBusy, setBusy] = useState(false);
  const [complaint, setComplaint] = useState<string>();

  const logOut = async () => {
    if (outbox.hasUnsent && !confirm(say("logOut.unsent"))) return;
    setBusy(true);
    setComplaint(undefined);
    try {
      await session.logOut();
    } catch (thrown) {
      setComplaint(problemOf(thrown).text);
      setBusy(false);
    }
  };
  return (
    <div className="relative">
      <Button look="quiet" aria-label={say("logOut.do")} title={say("logOut.do")} disabled={isBusy} onClick={() => void logOut()}>
        <Icon name="leave" />
      </Button>
      {complaint && (
        <p role="alert" className="absolute end-0 top-full z-10 w-56 rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger shadow-md">
          {say("logOut.failed")} {complaint}
        </p>
      )}
    </div>
  );
}
