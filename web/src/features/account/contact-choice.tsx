// Who may contact one.
import { type ReactElement, useEffect, useState } from "react";
import { problemOf } from "../../api/problem";
import { useChat } from "../../chat/use-chat";
import { ContactPolicy } from "../../gen/confab/auth/v1/user_service_pb";
import { FormProblem } from "../../ui/form";
import { Segments } from "../../ui/segments";
import { useTask } from "../../ui/use-task";
import "../../words/of-settings";
import { say } from "../../words/say";

/** What can be chosen, by the words of the contract. */
type Policy = "ANYONE" | "SHARED_GROUP" | "NOBODY";

/** Shows what the server knows, which another device may have told it. */
export function ContactChoice(): ReactElement {
  const { api, toasts } = useChat();
  const [policy, setPolicy] = useState<Policy>();
  const { problem, run } = useTask();
  useEffect(() => void run(async () => setPolicy(policyOf((await api.users.getContactPolicy({})).contactPolicy))), [api, run]);
  const choose = async (wanted: Policy) => {
    setPolicy(wanted);
    try {
      await api.users.setContactPolicy({ contactPolicy: ContactPolicy[wanted] });
    } catch (thrown) {
      setPolicy(policy);
      toasts.complainOf(problemOf(thrown), say("do.nothingChanged"));
    }
  };
  if (problem) return <FormProblem problem={problem} />;
  if (!policy) return <div role="status" aria-label={say("contact.loading")} className="skeleton h-16" />;
  const choices = [
    { value: "ANYONE", label: say("contact.anyone") },
    { value: "SHARED_GROUP", label: say("contact.sharedGroup") },
    { value: "NOBODY", label: say("contact.nobody") },
  ] as const;
  return (
    <div className="flex flex-col gap-1.5">
      <p aria-hidden>{say("contact.label")}</p>
      <Segments label={say("contact.label")} name="contact" choices={choices} chosen={policy} onChoose={(wanted) => void choose(wanted)} />
    </div>
  );
}

function policyOf(policy: ContactPolicy): Policy {
  if (policy === ContactPolicy.SHARED_GROUP) return "SHARED_GROUP";
  return policy === ContactPolicy.NOBODY ? "NOBODY" : "ANYONE";
}
