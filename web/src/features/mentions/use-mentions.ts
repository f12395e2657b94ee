// An @ in the field offers names; keys choose one of them.
import { type KeyboardEvent, type RefObject, useId, useLayoutEffect, useRef, useState } from "react";
import { type Candidate, mentionQuery, offered, withMention } from "./mentions";

interface MentionsOptions {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly candidates: readonly Candidate[];
}

/** Who is offered now, and how to choose. */
export interface Mentions {
  readonly listId: string;
  readonly offered: readonly Candidate[];
  readonly active: number;
  readonly choose: (candidate: Candidate) => void;
  readonly onSelect: () => void;
  readonly close: () => void;
  /** Where the cursor is to be once the text has changed. */
  readonly moveTo: (place: number) => void;
  /** Returns whether the key was for the list. */
  readonly onKey: (event: KeyboardEvent) => boolean;
}

const NOBODY: readonly Candidate[] = [];

/** Follows the cursor in the field. */
export function useMentions({ field, text, onChange, candidates }: MentionsOptions): Mentions {
  const listId = useId();
  /** Where the cursor is; nothing is offered while it is not known. */
  const [cursor, setCursor] = useState<number>();
  const [active, setActive] = useState(0);
  const cursorToBe = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (cursorToBe.current === undefined) return;
    field.current?.setSelectionRange(cursorToBe.current, cursorToBe.current);
    cursorToBe.current = undefined;
  }, [field, text]);

  const query = cursor === undefined || candidates.length === 0 ? undefined : mentionQuery(text, cursor);
  const found = query ? offered(query, candidates) : NOBODY;
  const at = Math.min(active, found.length - 1);
  const choose = (candidate: Candidate) => {
    if (!query || cursor === undefined) return;
    const next = withMention(text, cursor, query, candidate);
    cursorToBe.current = next.cursor;
    setCursor(undefined);
    setActive(0);
    onChange(next.text);
  };
  const onKey = ({ key, shiftKey }: KeyboardEvent) => {
    const chosen = found[at];
    if (!chosen || shiftKey) return false;
    if (key === "ArrowDown" || key === "ArrowUp") setActive((at + (key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
    else if (key === "Enter" || key === "Tab") choose(chosen);
    else if (key === "Escape") setCursor(undefined);
    else return false;
    return true;
  };
  return {
    listId,
    moveTo: (place) => {
      cursorToBe.current = place;
    },
    offered: found,
    active: at,
    choose,
    onSelect: () => {
      const { selectionStart, selectionEnd } = field.current ?? {};
      setCursor(selectionStart === selectionEnd ? selectionStart : undefined);
    },
    close: () => setCursor(undefined),
    onKey,
  };
}
