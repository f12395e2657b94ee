// Whether this device is told of messages while Confab is closed, and of what.
import { type ReactElement, useCallback, useEffect, useMemo, useState } from "react";
import { problemOf } from "../../api/problem";
import { useChat } from "../../chat/use-chat";
import { FormProblem, Switch } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { say } from "../../words/say";
import { NoPushService, type PushLack, Pushing, type PushState, pushWorld } from "./pushing";

/** Two switches, or why there are none. Only where notices are wanted at all, and allowed. */
export function PushChoice({ isSilent }: { readonly isSilent: boolean }): ReactElement {
  const { api, toasts } = useChat();
  const pushing = useMemo(() => new Pushing(api, pushWorld(window)), [api]);
  const [state, setState] = useState<PushState | PushLack>();
  const [isBusy, setBusy] = useState(false);
  const { problem, run } = useTask();
  const look = useCallback(() => run(async () => setState(await pushing.look())), [pushing, run]);
  useEffect(() => void look(), [look]);

  const change = async (next: PushState) => {
    if (isBusy) return;
    setBusy(true);
    try {
      if (next === "off") await pushing.turnOff();
      else await pushing.turnOn(next === "hidden", isSilent);
      setState(next);
    } catch (thrown) {
      if (thrown instanceof NoPushService) toasts.complain(say("push.noService"));
      else toasts.complainOf(problemOf(thrown), say("do.nothingChanged"));
    }
    setBusy(false);
  };
  if (problem) return <FormProblem problem={problem} />;
  if (state === undefined) return <div role="status" aria-label={say("push.loading")} className="skeleton h-12" />;
  if (state === "browser") return <p className="text-sm text-muted">{say("push.missing")}</p>;
  if (state === "server") return <p className="text-sm text-muted">{say("push.offHere")}</p>;
  return (
    <>
      <Switch label={say("push.label")} hint={say("push.hint")} isOn={state !== "off"} onChange={(isOn) => void change(isOn ? "on" : "off")} />
      {state !== "off" && <Switch label={say("push.hide")} hint={say("push.hideHint")} isOn={state === "hidden"} onChange={(isHidden) => void change(isHidden ? "hidden" : "on")} />}
    </>
  );
}
