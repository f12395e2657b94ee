// Leads to the first message that was unread when the conversation was opened.
import { type ReactElement, useEffect, useState } from "react";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { say } from "../../words/say";

interface UnreadPillProps {
  readonly count: number;
  /** Whether that message stands above what is in sight. */
  readonly isAbove: boolean;
  readonly onJump: () => void;
}

/** Until that message has been in sight once. */
export function UnreadPill({ count, isAbove, onJump }: UnreadPillProps): ReactElement | null {
  const [wasAbove, setWasAbove] = useState(false);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (isAbove) setWasAbove(true);
    else if (wasAbove) setSeen(true);
  }, [isAbove, wasAbove]);
  if (isSeen || !isAbove) return null;
  return (
    <Button
      onClick={() => {
        setSeen(true);
        onJump();
      }}
      className="floats absolute inset-x-0 top-11 mx-auto flex w-fit items-center gap-2 rounded-full! text-sm shadow-md"
    >
      <Icon name="up" className="size-4" />
      {say("conversation.newMessages", { count })}
    </Button>
  );
}
