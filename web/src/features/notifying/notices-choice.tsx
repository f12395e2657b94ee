// Whether new messages are told of outside of the page; asks the browser when one wants it.
import { type ReactElement, useState } from "react";
import { problemOf } from "../../api/problem";
import { useChat } from "../../chat/use-chat";
import { Segments } from "../../ui/segments";
import "../../words/of-settings";
import { say } from "../../words/say";
import { PushChoice } from "../pushing/push-choice";
import { Pushing, pushWorld } from "../pushing/pushing";
import { chooseNotices, chosenNotices, isPushWanted, type NoticeChoice, permission } from "./choice";

/** Takes effect at once; why it cannot be had is said in its place. */
export function NoticesChoice(): ReactElement {
  const [chosen, setChosen] = useState(() => chosenNotices(localStorage));
  const [allowed, setAllowed] = useState(() => permission(window));
  const { api, toasts } = useChat();
  const choose = async (choice: NoticeChoice) => {
    const answer = choice === "off" ? allowed : await Notification.requestPermission();
    setAllowed(answer);
    const next = answer === "granted" ? choice : "off";
    chooseNotices(localStorage, next);
    setChosen(next);
    if (!isPushWanted(localStorage)) return;
    const pushing = new Pushing(api, pushWorld(window));
    // How loud it is is the worker's to know; whoever wants no notices wants none while Confab is closed either.
    if (next !== "off") return pushing.renew(next === "quiet");
    try {
      await pushing.turnOff();
    } catch (thrown) {
      toasts.complainOf(problemOf(thrown));
    }
  };
  if (allowed === "missing") return <p className="text-sm text-muted">{say("notices.missing")}</p>;
  if (allowed === "denied") return <p className="text-sm text-muted">{say("notices.denied")}</p>;
  const choices = [
    { value: "off", label: say("notices.off") },
    { value: "quiet", label: say("notices.quiet") },
    { value: "loud", label: say("notices.loud") },
  ] as const;
  return (
    <>
      <Segments label={say("notices.label")} name="notices" choices={choices} chosen={allowed === "granted" ? chosen : "off"} onChoose={(choice) => void choose(choice)} />
      <p className="text-sm text-muted">{say("notices.hint")}</p>
      {allowed === "granted" && chosen !== "off" && <PushChoice isSilent={chosen === "quiet"} />}
    </>
  );
}
