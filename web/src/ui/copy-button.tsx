// Copies a text, and says on the spot how it went: a word elsewhere would be behind the dialog.
import { type ReactElement, useState } from "react";
import { say } from "../words/say";
import { Button } from "./button";
import { Icon } from "./icons";

interface CopyButtonProps {
  readonly label: string;
  readonly text: string;
  readonly className?: string;
}

/** On a page that came over plain http there is no clipboard, and it fails. */
export function CopyButton({ label, text, className = "" }: CopyButtonProps): ReactElement {
  const [outcome, setOutcome] = useState<"copied" | "failed">();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome("copied");
    } catch {
      setOutcome("failed");
    }
  };
  return (
    <>
      <Button onClick={() => void copy()} className={`flex items-center gap-2 ${className}`}>
        <Icon name={outcome === "copied" ? "check" : "copy"} className="size-4" />
        {label}
      </Button>
      <span role="status" className={outcome === "failed" ? "text-sm text-danger" : "sr-only"}>
        {outcome && say(outcome === "copied" ? "act.copied" : "act.copyFailed")}
      </span>
    </>
  );
}
