// Says above the field what is being written, if it is not simply something new.
import type { ReactElement, ReactNode } from "react";
import { Button } from "../../ui/button";
import { Icon, type IconName } from "../../ui/icons";
import { say } from "../../words/say";

interface WritingBarProps {
  readonly icon: IconName;
  readonly title: ReactNode;
  /** The message it is about. */
  readonly text: ReactNode;
  readonly stopLabel: string;
  readonly onStop: () => void;
}

/** One line, and a way out. */
export function WritingBar({ icon, title, text, stopLabel, onStop }: WritingBarProps): ReactElement {
  return (
    <div className="mx-auto mb-2 flex max-w-talk items-center gap-2 text-sm">
      <Icon name={icon} className="size-4 text-accent" />
      <p className="min-w-0 flex-1 truncate">
        <span className="font-medium text-accent">{title}</span> <bdi className="text-muted">{text}</bdi>
      </p>
      <Button look="quiet" aria-label={stopLabel} title={say("composer.escape", { action: stopLabel })} onClick={onStop} className="-my-1 p-1.5!">
        <Icon name="close" className="size-4" />
      </Button>
    </div>
  );
}
