// A small grid of emoji to choose one from.
import { type ReactElement, useEffect, useRef } from "react";
import { type Anchor, Floating } from "../../ui/floating";
import { rove } from "../../ui/roving";
import { say } from "../../words/say";
import { EMOJI, emojiName } from "./emoji";

const COLUMNS = 8;

interface EmojiPickerProps {
  readonly anchor: Anchor;
  readonly align: "start" | "end";
  readonly onChoose: (emoji: string) => void;
  readonly onClose: () => void;
}

/** The grid; arrow keys move in it. */
export function EmojiPicker({ anchor, align, onChoose, onClose }: EmojiPickerProps): ReactElement {
  const grid = useRef<HTMLDivElement>(null);
  useEffect(() => grid.current?.querySelector("button")?.focus(), []);
  return (
    <Floating anchor={anchor} align={align} onClose={onClose} className="p-2">
      <div ref={grid} role="group" aria-label={say("reactions.choose")} onKeyDown={(event) => rove(event, COLUMNS)} className="grid grid-cols-8 gap-0.5">
        {EMOJI.map(([emoji], place) => (
          <button
            key={emoji}
            type="button"
            tabIndex={place === 0 ? 0 : -1}
            aria-label={emojiName(emoji)}
            title={emojiName(emoji)}
            onClick={() => {
              onClose();
              onChoose(emoji);
            }}
            className="flex size-9 items-center justify-center rounded-lg text-xl leading-none hover:bg-raised"
          >
            {emoji}
          </button>
        ))}
      </div>
    </Floating>
  );
}
