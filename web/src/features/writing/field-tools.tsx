// The small buttons in the field: emoji, and how it will look.
import { lazy, type ReactElement, type ReactNode, type RefObject, Suspense, useState } from "react";
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
  /** What else there is. */
  readonly more?: ReactNode;
}

/** How a small button in the field looks. */
export const TOOL_LOOK = "flex size-8 items-center justify-center rounded-full text-muted hover:bg-raised hover:text-ink aria-pressed:bg-soft aria-pressed:text-accent";

/** They stand at the end of the last line. */
export function FieldTools({ field, onInsert, hasPreview, isPreviewed, onPreview, more }: FieldToolsProps): ReactElement {
  const [anchor, setAnchor] = useState<Anchor>();
  return (
    <div className="-ms-3 flex py-[0.1875rem] pe-1">
      {more}
      {hasPreview && (
        <button type="button" aria-label={say("composer.preview")} title={say("composer.preview")} aria-pressed={isPreviewed} onClick={() => onPreview(!isPreviewed)} className={TOOL_LOOK}>
          <Icon name="eye" />
        </button>
      )}
      <button type="button" aria-label={say("emoji.open")} title={say("emoji.open")} aria-haspopup="dialog" onClick={({ currentTarget }) => setAnchor(currentTarget.getBoundingClientRect())} className={TOOL_LOOK}>
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
