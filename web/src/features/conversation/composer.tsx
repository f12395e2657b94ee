// Where messages are written. What is begun is kept until it is sent.
import { type KeyboardEvent, type ReactElement, type RefObject, useLayoutEffect, useState } from "react";
import { useChat } from "../../chat/use-chat";
import { Icon } from "../../ui/icons";

interface ComposerProps {
  readonly conversationId: string;
  readonly to: string;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly onSent: () => void;
}

/** The field and its button. */
export function Composer({ conversationId, to, field, onSent }: ComposerProps): ReactElement {
  const { drafts, outbox } = useChat();
  const [text, setText] = useState(() => drafts.get(conversationId));
  const [isFull, setFull] = useState(false);
  useGrowing(field, text);

  const change = (next: string) => {
    setText(next);
    drafts.set(conversationId, next);
  };
  const send = () => {
    if (text.trim() === "") return;
    const taken = outbox.send(conversationId, text);
    setFull(!taken);
    if (!taken) return;
    change("");
    onSent();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter also ends a composition, as in Japanese; that one is not ours.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className="border-t border-line bg-panel px-3 py-2.5 pb-[max(0.625rem,env(safe-area-inset-bottom))]"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {isFull && (
        <p role="alert" className="mb-2 text-sm text-danger">
          Too many messages are waiting to be sent. This one stays here until some are through.
        </p>
      )}
      <div className="mx-auto flex max-w-3xl items-end gap-2">
        <textarea
          ref={field}
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
          rows={1}
          dir="auto"
          aria-label={`Message to ${to}`}
          placeholder="Write a message"
          title="Enter sends, Shift+Enter begins a new line"
          enterKeyHint="send"
          className="max-h-40 min-h-10 min-w-0 flex-1 resize-none rounded-2xl border border-line bg-ground px-4 py-2 leading-[1.375rem]"
        />
        <button
          type="submit"
          aria-label="Send"
          title="Send"
          disabled={text.trim() === ""}
          className="flex size-10 shrink-0 items-center justify-center rounded-full bg-accent text-on-accent hover:bg-accent-strong disabled:bg-raised disabled:text-muted"
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
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
