// Where one is logged in, and a way to end that elsewhere.
import { type ReactElement, useCallback, useEffect, useState } from "react";
import { useChat } from "../../chat/use-chat";
import type { Session } from "../../gen/confab/auth/v1/session_pb";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { FormProblem } from "../../ui/form";
import { ListSkeleton } from "../../ui/skeleton";
import { lastUsedWords } from "../../ui/time";
import { useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { say } from "../../words/say";
import { deviceWords } from "./device-words";

/** What is to be ended: one session, or all but this one. */
type Ending = { readonly session: Session } | "others";

/** The sessions, this one first. */
export function SessionList(): ReactElement {
  const { api } = useChat();
  const [sessions, setSessions] = useState<readonly Session[]>();
  const [ending, setEnding] = useState<Ending>();
  const { problem, run } = useTask();
  const load = useCallback(() => run(async () => setSessions((await api.auth.listSessions({})).sessions)), [api, run]);
  useEffect(() => void load(), [load]);

  if (!sessions) {
    if (!problem) return <ListSkeleton label={say("sessions.loading")} />;
    return (
      <>
        <FormProblem problem={problem} />
        <Button onClick={() => void load()} className="self-start">
          {say("do.tryAgain")}
        </Button>
      </>
    );
  }
  const others = sessions.filter(({ current }) => !current);
  return (
    <>
      <ul aria-label={say("sessions.list")} className="flex flex-col gap-2">
        {[...sessions.filter(({ current }) => current), ...others].map((session) => (
          <SessionRow key={session.sessionId} session={session} onEnd={() => setEnding({ session })} />
        ))}
      </ul>
      {others.length > 1 && (
        <Button onClick={() => setEnding("others")} className="self-start">
          {say("sessions.endOthers")}
        </Button>
      )}
      {ending && (
        <EndingDialog
          ending={ending}
          onClose={() => setEnding(undefined)}
          onDone={() => {
            setEnding(undefined);
            void load();
          }}
        />
      )}
    </>
  );
}

function SessionRow({ session, onEnd }: { readonly session: Session; readonly onEnd: () => void }): ReactElement {
  const { deviceName, addressPrefix, lastUseTime, current } = session;
  const lastUse = lastUsedWords(Number(lastUseTime?.seconds ?? 0n) * 1000, Date.now());
  return (
    <li className="flex items-center gap-3">
      <div className="min-w-0 flex-1">
        <p className="truncate" title={deviceName}>
          <bdi>{deviceWords(deviceName)}</bdi>
        </p>
        <p className="truncate text-sm text-muted">{[current ? say("sessions.thisDevice") : lastUse, addressPrefix].filter(Boolean).join(" · ")}</p>
      </div>
      {!current && (
        <Button onClick={onEnd} className="text-sm">
          {say("logOut.do")}<span className="sr-only"> {deviceWords(deviceName)}</span>
        </Button>
      )}
    </li>
  );
}

function EndingDialog({ ending, onClose, onDone }: { readonly ending: Ending; readonly onClose: () => void; readonly onDone: () => void }): ReactElement {
  const { api } = useChat();
  const { isBusy, problem, run } = useTask();
  const end = async () => {
    const isDone = await run(async () => {
      if (ending === "others") await api.auth.revokeOtherSessions({});
      else await api.auth.revokeSession({ sessionId: ending.session.sessionId });
    });
    if (isDone) onDone();
  };
  return (
    <Confirm title={say("sessions.endTitle")} action={say("logOut.do")} isBusy={isBusy} problem={problem} onConfirm={() => void end()} onClose={onClose}>
      {ending === "others" ? say("sessions.othersWarning") : say("sessions.oneWarning", { device: deviceWords(ending.session.deviceName) })}
    </Confirm>
  );
}
