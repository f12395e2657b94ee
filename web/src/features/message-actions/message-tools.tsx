// The small buttons beside the message that is pointed at.
import type { ReactElement } from "react";
import type { Anchor } from "../../ui/floating";
import { Icon, type IconName } from "../../ui/icons";
import { say } from "../../words/say";

interface MessageToolsProps {
  readonly isMine: boolean;
  readonly onReact: (anchor: Anchor) => void;
  readonly onReply: () => void;
  readonly onMore: (anchor: Anchor) => void;
}

/** For the mouse and for keys; fingers hold the message down. */
export function MessageTools({ isMine, onReact, onReply, onMore }: MessageToolsProps): ReactElement {
  return (
    <div className={`absolute top-0 flex h-9 items-center touched:hidden ${isMine ? "end-full me-1" : "start-full ms-1"}`}>
      <Tool label={say("act.addReaction")} icon="smile" onPress={onReact} />
      <Tool label={say("act.reply")} icon="reply" onPress={onReply} />
      <Tool label={say("act.more")} icon="more" onPress={onMore} hasMenu />
    </div>
  );
}

function Tool({ label, icon, onPress, hasMenu = false }: { readonly label: string; readonly icon: IconName; readonly onPress: (anchor: Anchor) => void; readonly hasMenu?: boolean }): ReactElement {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-haspopup={hasMenu ? "menu" : undefined}
      onClick={({ currentTarget }) => onPress(currentTarget.getBoundingClientRect())}
      className="rounded-lg p-1.5 text-muted hover:bg-raised hover:text-ink"
    >
      <Icon name={icon} className="size-4.5" />
    </button>
  );
}
