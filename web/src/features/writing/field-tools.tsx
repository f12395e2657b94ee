// The small buttons in the field: emoji, and how it will look.
import { lazy, type ReactElement, type RefObject, Suspense, useState } from "react";
import type { Anchor } from "../../ui/floating";
import { Icon } from "../../ui/icons";
import { say } from "../../words/say";

/** Fetched when somebody wants an emoji. */
const EmojiPicker = lazy(() => import("../emoji/emoji-picker"));

interface FieldToolsProps {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** Puts something where the cursor is. */
  readonly onInsert: (text: string) => void;
  /** Whether there is something to be seen that is not what was typed. */
  readonly hasPreview: boolean;
  readonly isPreviewed: boolean;
  readonly onPreview: (isPreviewed: boolean) => void;
}

/** They stand at the end of the last line. */
export function FieldTools({ field, onInsert, hasPreview, isPreviewed, onPreview }: FieldToolsProps): ReactElement {
  const [anchor, setAnchor] = useState<Anchor>();
  const look = "flex size-8 items-center justify-center rounded-full text-muted hover:bg-raised hover:text-ink aria-pressed:bg-soft aria-pressed:text-accent";
  return (
    <div className="absolute end-1 bottom-1 flex">
      {hasPreview && (
        <button type="button" aria-label={say("composer.preview")} title={say("composer.preview")} aria-pressed={isPreviewed} onClick={() => onPreview(!isPreviewed)} className={look}>
          <Icon name="eye" />
        </button>
      )}
      <button type="button" aria-label={say("emoji.open")} title={say("emoji.open")} aria-haspopup="dialog" onClick={({ currentTarget }) => setAnchor(currentTarget.getBoundingClientRect())} className={look}>
        <Icon name="smile" />
      </button>
      {anchor && (
        <Suspense>
          <EmojiPicker
            anchor={anchor}
            align="end"
            onChoose={(emoji) => {
              onInsert(emoji);
              field.current?.focus();
            }}
            onClose={() => setAnchor(undefined)}
          />
        </Suspense>
      )}
    </div>
  );
}
