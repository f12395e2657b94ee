// Whether others see when one is there.
import { type ReactElement, useEffect, useState } from "react";
import { problemOf } from "../../api/problem";
import { useChat } from "../../chat/use-chat";
import { FormProblem, Switch } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { say } from "../../words/say";

/** Shows what the server knows, which another device may have told it. */
export function PresenceSwitch(): ReactElement {
  const { api, toasts } = useChat();
  const [isHidden, setHidden] = useState<boolean>();
  const { problem, run } = useTask();
  useEffect(() => void run(async () => setHidden((await api.live.getPresenceVisibility({})).hidden)), [api, run]);
  const change = async (hidden: boolean) => {
    setHidden(hidden);
    try {
      await api.live.setPresenceVisibility({ hidden });
    } catch (thrown) {
      setHidden(!hidden);
      toasts.complainOf(problemOf(thrown), say("do.nothingChanged"));
    }
  };
  if (problem) return <FormProblem problem={problem} />;
  if (isHidden === undefined) return <div role="status" aria-label={say("settings.hideLoading")} className="skeleton h-12" />;
  return <Switch label={say("settings.hide")} hint={say("settings.hideHint")} isOn={isHidden} onChange={(hidden) => void change(hidden)} />;
}
