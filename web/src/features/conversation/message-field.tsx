// The field in which messages are written, and its button.
import { type ClipboardEvent, type KeyboardEvent, type ReactElement, type ReactNode, type RefObject, useLayoutEffect, useState } from "react";
import { Icon, type IconName } from "../../ui/icons";
import { say } from "../../words/say";
import { MentionList, optionId } from "../mentions/mention-list";
import type { Candidate } from "../mentions/mentions";
import { useMentions } from "../mentions/use-mentions";
import { hasMarkdown } from "../markdown/part";
import { enterSends, isSending } from "../writing/enter";
import { FieldTools } from "../writing/field-tools";
import { charsLeft } from "../writing/limits";
import { MessageText } from "./message-text";

interface MessageFieldProps {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly label: string;
  readonly placeholder: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly button: { readonly label: string; readonly icon: IconName; readonly isDisabled: boolean };
  readonly onSubmit: () => void;
  /** Keys beside Enter. */
  readonly onKey?: (event: KeyboardEvent) => void;
  /** Who can be meant by an @. */
  readonly candidates: readonly Candidate[];
  /** What stands before the field, and small buttons in it. */
  readonly before?: ReactNode;
  readonly tools?: ReactNode;
  readonly onPaste?: (event: ClipboardEvent) => void;
  /** What stands above the field. */
  readonly children?: ReactNode;
}

/** Enter sends, Shift and Enter begin a new line; or the other way round. */
export function MessageField({ field, label, placeholder, text, onChange, button, onSubmit, onKey, candidates, before, tools, onPaste, children }: MessageFieldProps): ReactElement {
  useGrowing(field, text);
  const [wantsPreview, setPreview] = useState(false);
  const hasPreview = hasMarkdown(text);
  const mentions = useMentions({ field, text, onChange, candidates });
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter also ends a composition, as in Japanese; that one is not ours.
    if (event.nativeEvent.isComposing) return;
    if (mentions.onKey(event)) return event.preventDefault();
    if (!isSending(event, enterSends(localStorage))) return onKey?.(event);
    event.preventDefault();
    onSubmit();
  };
  const insert = (piece: string) => {
    const { selectionStart = text.length, selectionEnd = text.length } = field.current ?? {};
    onChange(text.slice(0, selectionStart) + piece + text.slice(selectionEnd));
    mentions.moveTo(selectionStart + piece.length);
  };
  return (
    <form
      className="border-t border-line bg-panel px-3 py-2.5 pb-[max(0.625rem,env(safe-area-inset-bottom))]"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      {wantsPreview && hasPreview && <Preview text={text} />}
      <Room text={text} />
      {mentions.offered.length > 0 && <MentionList id={mentions.listId} offered={mentions.offered} active={mentions.active} onChoose={mentions.choose} />}
      <div className="mx-auto flex max-w-talk items-end gap-2">
        {before}
        {/* The frame is around both: what is written may run the other way than the page, and the buttons stay where they are. */}
        <div className="flex min-w-0 flex-1 items-end rounded-2xl border border-line bg-ground has-[textarea:focus-visible]:outline-2 has-[textarea:focus-visible]:-outline-offset-1 has-[textarea:focus-visible]:outline-accent">
          <textarea
            ref={field}
            value={text}
            onChange={(event) => onChange(event.target.value)}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            onSelect={mentions.onSelect}
            onBlur={mentions.close}
            aria-activedescendant={mentions.offered.length > 0 ? optionId(mentions.listId, mentions.active) : undefined}
            aria-controls={mentions.offered.length > 0 ? mentions.listId : undefined}
            aria-autocomplete={candidates.length > 0 ? "list" : undefined}
            rows={1}
            dir="auto"
            aria-label={label}
            placeholder={placeholder}
            title={say(enterSends(localStorage) ? "composer.keys" : "composer.keysTurned")}
            enterKeyHint="send"
            className="max-h-40 min-h-9.5 min-w-0 flex-1 resize-none rounded-2xl bg-transparent px-4 py-2 leading-[1.375rem] outline-none!"
          />
          <FieldTools field={field} onInsert={insert} hasPreview={hasPreview} isPreviewed={wantsPreview} onPreview={setPreview} more={tools} />
        </div>
        <button
          type="submit"
          aria-label={button.label}
          title={button.label}
          disabled={button.isDisabled}
          className="flex size-10 shrink-0 items-center justify-center rounded-full bg-accent text-on-accent hover:bg-accent-strong disabled:bg-raised disabled:text-muted"
        >
          <Icon name={button.icon} />
        </button>
      </div>
    </form>
  );
}

/** What was typed, as it will look. */
function Preview({ text }: { readonly text: string }): ReactElement {
  return (
    <section aria-label={say("composer.previewOf")} className="mx-auto mb-2 max-h-60 max-w-talk overflow-y-auto rounded-xl border border-line bg-ground px-3 py-2">
      <MessageText text={text} mentionIds={[]} isMine={false} />
    </section>
  );
}

/** How much room is left, once it is little. */
function Room({ text }: { readonly text: string }): ReactElement | null {
  const room = charsLeft(text);
  if (room === undefined) return null;
  return (
    <p role="status" className={`mx-auto mb-1 max-w-talk text-end text-xs tabular-nums ${room < 0 ? "font-medium text-danger" : "text-muted"}`}>
      {room < 0 ? say("composer.over", { count: -room }) : say("composer.left", { count: room })}
    </p>
  );
}

/** As high as what is written in it; the style sheet sets the bounds. */
function useGrowing(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const { current } = field;
    if (!current) return;
    current.style.height = "auto";
    current.style.height = `${current.scrollHeight + current.offsetHeight - current.clientHeight}px`;
  }, [field, text]);
}
