// Where messages are written. What is begun is kept until it is sent.
import { lazy, type ReactElement, type RefObject, Suspense, useEffect, useState } from "react";
import { nameOf, useChat, usePerson } from "../../chat/use-chat";
import { messageAt } from "../../log/log";
import { type PlainPhrase, say, Say } from "../../words/say";
import { Icon } from "../../ui/icons";
import { AttachButton } from "../attachments/attach-button";
import { UploadStrip, useFilesBeside } from "../attachments/upload-strip";
import { useAdding } from "../attachments/use-adding";
import type { Conversation } from "../conversations/conversation";
import { mentionsIn } from "../mentions/mentions";
import { useCandidates } from "../mentions/use-candidates";
import { canRecord } from "../recording/recorder";
import { QuotedWords } from "../replies/quote";
import type { Quoted } from "../replies/quotes";
import { useQuoted } from "../replies/use-quoted";
import { TOOL_LOOK } from "../writing/field-tools";
import { hasHalves } from "../writing/limits";
import { MessageField } from "./message-field";
import { WritingBar } from "./writing-bar";

/** Fetched when somebody wants to speak. */
const VoiceBar = lazy(() => import("../recording/voice-bar"));

interface ComposerProps {
  readonly conversation: Conversation;
  readonly to: string;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** The message that is answered. */
  readonly answering: bigint | undefined;
  readonly onStopAnswering: () => void;
  readonly onSent: () => void;
  /** The arrow up was pressed in the empty field. */
  readonly onEditLast: () => void;
}

/** The field for something new. */
export function Composer({ conversation, to, field, answering, onStopAnswering, onSent, onEditLast }: ComposerProps): ReactElement {
  const { drafts, outbox, typing } = useChat();
  const { id: conversationId } = conversation;
  const candidates = useCandidates(conversation);
  const [text, setText] = useState(() => drafts.get(conversationId));
  const [complaint, setComplaint] = useState<PlainPhrase>();
  const [isSpeaking, setSpeaking] = useState(false);
  const files = useFilesBeside(conversationId);
  const add = useAdding(conversationId);
  // What was refused is to be taken out first.
  const hasSomething = (text.trim() !== "" || files.length > 0) && files.every(({ status }) => status !== "failed");

  const change = (next: string) => {
    setText(next);
    drafts.set(conversationId, next);
    if (next.trim() === "") typing.stop(conversationId);
    else typing.write(conversationId);
  };
  useEffect(() => () => typing.stop(conversationId), [typing, conversationId]);
  const send = () => {
    if (!hasSomething) return;
    const said = text.trim() === "" ? "" : text;
    if (hasHalves(said)) return setComplaint("composer.halves");
    const taken = outbox.send(conversationId, said, { replyToSeq: answering ?? 0n, mentionIds: mentionsIn(said, candidates), fileIds: files.map(({ id }) => id) });
    setComplaint(taken ? undefined : "composer.full");
    if (!taken) return;
    change("");
    onStopAnswering();
    onSent();
    field.current?.focus();
  };
  return (
    <MessageField
      field={field}
      label={say("composer.to", { name: to })}
      placeholder={say("composer.placeholder")}
      text={text}
      onChange={change}
      button={{ label: say("composer.send"), icon: "send", isDisabled: !hasSomething }}
      onSubmit={send}
      candidates={candidates}
      before={<AttachButton onFiles={add} />}
      tools={text === "" && !isSpeaking && canRecord() && <VoiceButton onPress={() => setSpeaking(true)} />}
      onPaste={(event) => {
        const pasted = [...event.clipboardData.files];
        // What has words with a look as well, as from a spreadsheet, is meant as words.
        const { types } = event.clipboardData;
        if (pasted.length === 0 || (types.includes("text/plain") && types.includes("text/html"))) return;
        event.preventDefault();
        add(pasted);
      }}
      onKey={(event) => {
        if (event.key === "Escape" && answering !== undefined) onStopAnswering();
        if (event.key !== "ArrowUp" || text !== "") return;
        event.preventDefault();
        onEditLast();
      }}
    >
      {answering !== undefined && <AnswerBar conversationId={conversationId} seq={answering} held={messageAt(conversation.log, answering)} onStop={onStopAnswering} />}
      {isSpeaking && (
        <Suspense>
          <VoiceBar
            onFile={(file) => add([file])}
            onClose={() => {
              setSpeaking(false);
              field.current?.focus();
            }}
          />
        </Suspense>
      )}
      <UploadStrip files={files} />
      {complaint && (
        <p role="alert" className="mx-auto mb-2 max-w-talk text-sm text-danger">
          {say(complaint)}
        </p>
      )}
    </MessageField>
  );
}

function VoiceButton({ onPress }: { readonly onPress: () => void }): ReactElement {
  return (
    <button type="button" aria-label={say("voice.begin")} title={say("voice.begin")} onClick={onPress} className={TOOL_LOOK}>
      <Icon name="mic" />
    </button>
  );
}

interface AnswerBarProps {
  readonly conversationId: string;
  readonly seq: bigint;
  readonly held: Quoted | undefined;
  readonly onStop: () => void;
}

function AnswerBar({ conversationId, seq, held, onStop }: AnswerBarProps): ReactElement {
  const { me } = useChat();
  const quoted = useQuoted(conversationId, seq, held);
  const sender = usePerson(quoted?.senderId);
  const isMine = quoted?.senderId === me.userId;
  const title = isMine ? say("composer.replyToYourself") : quoted ? <Say phrase="composer.replyTo" name={<bdi>{nameOf(sender)}</bdi>} /> : say("composer.reply");
  return <WritingBar icon="reply" title={title} text={<QuotedWords quoted={quoted} />} stopLabel={say("composer.stopReplying")} onStop={onStop} />;
}
