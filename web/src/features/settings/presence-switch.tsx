// Whether others see when one is there.
import { type ReactElement, useState } from "react";
import { problemOf } from "../../api/problem";
import { useChat } from "../../chat/use-chat";
import { Switch } from "../../ui/form";
import { isHiddenHere, rememberHidden } from "../presence/visibility";

/** The server does not say how it was set, so that is remembered on this device. */
export function PresenceSwitch(): ReactElement {
  const { api, me, toasts } = useChat();
  const [isHidden, setHidden] = useState(() => isHiddenHere(localStorage, me.userId));
  const change = async (hidden: boolean) => {
    setHidden(hidden);
    try {
      await api.live.setPresenceVisibility({ hidden });
      rememberHidden(localStorage, me.userId, hidden);
    } catch (thrown) {
      setHidden(!hidden);
      toasts.complain(`Nothing was changed. ${problemOf(thrown).text}`);
    }
  };
  return <Switch label="Hide when I am online" hint="Nor do others see when you last were." isOn={isHidden} onChange={(hidden) => void change(hidden)} />;
}
