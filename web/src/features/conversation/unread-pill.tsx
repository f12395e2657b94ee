// Leads to the first message that was unread when the conversation was opened.
import { type ReactElement, type RefObject, useEffect, useState } from "react";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { say } from "../../words/say";

interface UnreadPillProps {
  readonly list: RefObject<HTMLElement | null>;
  readonly count: number;
  /** Changes when older messages are put in. */
  readonly firstKey: string | undefined;
  readonly onJump: () => void;
}

/** Until that message has been in sight once. */
export function UnreadPill({ list, count, firstKey, onJump }: UnreadPillProps): ReactElement | null {
  const [state, setState] = useState<"unknown" | "above" | "seen">("unknown");
  useEffect(() => {
    if (state === "seen") return;
    const mark = list.current?.querySelector("[data-unread-mark]");
    if (!mark) return setState("above");
    const observer = new IntersectionObserver(([entry]) => setState(entry?.isIntersecting ? "seen" : "above"), { root: list.current });
    observer.observe(mark);
    return () => observer.disconnect();
  }, [list, state, firstKey]);
  if (state !== "above") return null;
  return (
    <Button
      onClick={() => {
        setState("seen");
        onJump();
      }}
      className="floats absolute inset-x-0 top-3 mx-auto flex w-fit items-center gap-2 rounded-full! text-sm shadow-md"
    >
      <Icon name="up" className="size-4" />
      {say("conversation.newMessages", { count })}
    </Button>
  );
}
