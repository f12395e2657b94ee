// What is being done with the messages of a conversation: which menu is open,
// what is edited, what is to be deleted.
import { useMemo, useState } from "react";
import { problemOf } from "../../api/problem";
import { addressOf } from "../../app/route";
import { useChat } from "../../chat/use-chat";
import type { Anchor } from "../../ui/floating";
import type { Toasts } from "../../ui/toasts";
import { say } from "../../words/say";
import type { Bubble } from "../conversation/timeline";

/** A message that is in the log. */
export type Stored = Pick<Bubble, "key" | "senderId" | "text" | "isEdited" | "isDeleted" | "isPinned" | "reactions" | "attachments" | "forwardedFrom"> & { readonly seq: bigint };

/** Something that is open beside a message, or before everything. */
export interface OpenThing {
  readonly kind: "menu" | "picker" | "deletion" | "reactors" | "forwarding" | "versions" | "details" | "viewer";
  readonly message: Stored;
  readonly anchor: Anchor;
  /** The picture that is looked at. */
  readonly mediaId?: string;
}

/** What can be done, the same as long as the conversation is. */
export interface MessageActions {
  readonly open: (kind: OpenThing["kind"], message: Stored, anchor: Anchor) => void;
  /** Shows a picture of a message alone. */
  readonly look: (message: Stored, mediaId: string) => void;
  readonly close: () => void;
  readonly toggle: (seq: bigint, emoji: string, isOn: boolean) => void;
  readonly copy: (message: Stored) => void;
  /** Copies where the message is found. */
  readonly copyLink: (message: Pick<Stored, "seq">) => void;
  readonly pin: (message: Stored) => void;
  readonly reply: (message: Pick<Stored, "seq">) => void;
  readonly edit: (message: Stored) => void;
  /** Does not edit any more. */
  readonly stopEditing: () => void;
  /** What is written is no answer any more. */
  readonly stopReplying: () => void;
}

/** What the field below is for, beside something new. */
export type Writing = { readonly kind: "new" } | { readonly kind: "reply"; readonly seq: bigint } | { readonly kind: "edit"; readonly message: Stored };

const NEW: Writing = { kind: "new" };

/** What is open, what is edited, and what can be done. */
export interface MessageActionsState {
  readonly opened: OpenThing | undefined;
  /** What is being answered, or put another way. */
  readonly writing: Writing;
  readonly actions: MessageActions;
}

/** The actions in the conversation `id`. */
export function useMessageActions(id: string): MessageActionsState {
  const { api, drafts, reactionIntents, toasts } = useChat();
  const [opened, setOpened] = useState<OpenThing>();
  const [writing, setWriting] = useState<Writing>(() => begun(drafts.answers(id)));

  const actions = useMemo<MessageActions>(
    () => ({
      open: (kind, message, anchor) => setOpened({ kind, message, anchor }),
      look: (message, mediaId) => setOpened({ kind: "viewer", message, mediaId, anchor: new DOMRect() }),
      close: () => setOpened(undefined),
      toggle: (seq, emoji, isOn) => reactionIntents.set({ conversationId: id, seq, emoji, isOn }),
      copy: ({ text }) => copy(text, toasts),
      copyLink: ({ seq }) => copy(new URL(addressOf({ place: "conversation", id, seq }), location.href).href, toasts),
      pin: ({ seq, isPinned }) => {
        const call = isPinned ? api.messages.unpinMessage : api.messages.pinMessage;
        call({ conversationId: id, seq }).then(
          () => toasts.tell(say(isPinned ? "act.unpinned" : "act.pinned")),
          (thrown) => toasts.complainOf(problemOf(thrown), say("do.nothingChanged")),
        );
      },
      reply: ({ seq }) => {
        drafts.setAnswers(id, seq);
        setWriting({ kind: "reply", seq });
      },
      edit: (message) => setWriting({ kind: "edit", message }),
      // One goes on with what was begun before.
      stopEditing: () => setWriting(begun(drafts.answers(id))),
      stopReplying: () => {
        drafts.setAnswers(id, 0n);
        setWriting(NEW);
      },
    }),
    [api, drafts, id, reactionIntents, toasts],
  );
  return { opened, writing, actions };
}

/** What the field was for when it was left. */
function begun(answers: bigint): Writing {
  return answers > 0n ? { kind: "reply", seq: answers } : NEW;
}

function copy(text: string, toasts: Toasts): void {
  copied(text).then(
    () => toasts.tell(say("act.copied")),
    () => toasts.complain(say("act.copyFailed")),
  );
}

/** Also on a page that came over plain http, where there is no clipboard: that fails. */
async function copied(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
