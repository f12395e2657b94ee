// Whatever is open beside the messages of a conversation.
import { lazy, type ReactElement, Suspense } from "react";
import type { Conversation } from "../conversations/conversation";
import { ReactorsDialog } from "../reactions/reactors-dialog";
import { picturesOf } from "../viewer/pictures";
import { DeletionDialog } from "./deletion-dialog";
import { DetailsDialog } from "./details-dialog";
import { MessageMenu } from "./message-menu";
import { type Place, rightsOn } from "./rights";
import type { MessageActions, OpenThing } from "./use-message-actions";
import { VersionsDialog } from "./versions-dialog";

/** Fetched when somebody wants another emoji than those in the menu. */
const EmojiPicker = lazy(() => import("../emoji/emoji-picker"));
/** Fetched when somebody wants to forward something. */
const ForwardDialog = lazy(() => import("../forwarding/forward-dialog"));

/** Fetched when somebody wants to look at a picture. */
const Viewer = lazy(() => import("../viewer/viewer"));

interface OpenedProps {
  readonly conversation: Conversation;
  readonly opened: OpenThing;
  readonly me: string;
  readonly place: Place;
  readonly actions: MessageActions;
}

/** The one thing that is open. */
export default function Opened({ conversation, opened, me, place, actions }: OpenedProps): ReactElement {
  const { kind, message, anchor } = opened;
  const { id: conversationId, log } = conversation;
  const isMine = message.senderId === me;
  switch (kind) {
    case "menu":
      return <MessageMenu opened={opened} isMine={isMine} rights={rightsOn({ isMine, isDeleted: message.isDeleted, isOutgoing: false, isForwarded: message.forwardedFrom !== undefined }, place)} actions={actions} />;
    case "picker":
      return (
        <Suspense>
          <EmojiPicker anchor={anchor} align={isMine ? "end" : "start"} onChoose={(emoji) => actions.toggle(message.seq, emoji, true)} onClose={actions.close} />
        </Suspense>
      );
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
    case "details":
      return <DetailsDialog conversationId={conversationId} message={message} onClose={actions.close} />;
    case "viewer":
      return (
        <Suspense>
          <Viewer pictures={picturesOf(log.messages, message)} mediaId={opened.mediaId ?? ""} onClose={actions.close} />
        </Suspense>
      );
    case "reactors":
      return <ReactorsDialog conversationId={conversationId} seq={message.seq} onClose={actions.close} />;
  }
}
