// Whether Enter sends, on this device.
import { type ReactElement, useState } from "react";
import { Switch } from "../../ui/form";
import { say } from "../../words/say";
import { chooseEnter, enterSends } from "../writing/enter";

/** Takes effect with the next key. */
export function EnterSwitch(): ReactElement {
  const [sends, setSends] = useState(() => enterSends(localStorage));
  return (
    <Switch
      label={say("writing.enterSends")}
      hint={say("writing.enterHint")}
      isOn={sends}
      onChange={(isOn) => {
        setSends(isOn);
        chooseEnter(localStorage, isOn);
      }}
    />
  );
}
