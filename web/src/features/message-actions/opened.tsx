// Whatever is open beside the messages of a conversation.
import { lazy, type ReactElement, Suspense } from "react";
import { EmojiPicker } from "../reactions/emoji-picker";
import { ReactorsDialog } from "../reactions/reactors-dialog";
import { DeletionDialog } from "./deletion-dialog";
import { MessageMenu } from "./message-menu";
import { type Place, rightsOn } from "./rights";
import type { MessageActions, OpenThing } from "./use-message-actions";
import { VersionsDialog } from "./versions-dialog";

/** Fetched when somebody wants to forward something. */
const ForwardDialog = lazy(() => import("../forwarding/forward-dialog"));

interface OpenedProps {
  readonly conversationId: string;
  readonly opened: OpenThing;
  readonly me: string;
  readonly place: Place;
  readonly actions: MessageActions;
}

/** The one thing that is open. */
export default function Opened({ conversationId, opened, me, place, actions }: OpenedProps): ReactElement {
  const { kind, message, anchor } = opened;
  const isMine = message.senderId === me;
  switch (kind) {
    case "menu":
      return <MessageMenu opened={opened} isMine={isMine} rights={rightsOn({ isMine, isDeleted: message.isDeleted, isOutgoing: false, isForwarded: message.forwardedFrom !== undefined }, place)} actions={actions} />;
    case "picker":
      return <EmojiPicker anchor={anchor} align={isMine ? "end" : "start"} onChoose={(emoji) => actions.toggle(message.seq, emoji, true)} onClose={actions.close} />;
    case "deletion":
      return <DeletionDialog conversationId={conversationId} message={message} onClose={actions.close} />;
    case "forwarding":
      return (
        <Suspense>
          <ForwardDialog conversationId={conversationId} message={message} onClose={actions.close} />
        </Suspense>
      );
    case "versions":
      return <VersionsDialog conversationId={conversationId} seq={message.seq} onClose={actions.close} />;
    case "reactors":
      return <ReactorsDialog conversationId={conversationId} seq={message.seq} onClose={actions.close} />;
  }
}
