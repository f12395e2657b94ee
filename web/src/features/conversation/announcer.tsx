// Tells those who have the page read to them what others say. The list itself
// is drawn in parts, so that scrolling would be read aloud as well.
import { type ReactElement, useEffect, useRef, useState } from "react";
import { nameOf, useChat } from "../../chat/use-chat";
import type { LogMessage } from "../../log/log";
import { summaryOf } from "../attachments/words";

/** Longer texts are read in the list. */
const CHARS_MAX = 300;
/** What was said is read within this time, and is then not to be found twice. */
const SPOKEN_MS = 4_000;

/** Silent for what was there when it began. */
export function Announcer({ messages }: { readonly messages: readonly LogMessage[] }): ReactElement {
  const { me, people } = useChat();
  const last = messages.at(-1);
  const heard = useRef(last?.seq ?? 0n);
  const [words, setWords] = useState("");
  useEffect(() => {
    if (!last || last.seq <= heard.current) return;
    heard.current = last.seq;
    if (last.senderId === me.userId || last.isDeleted) return;
    setWords(`${nameOf(people.store.getState().get(last.senderId))}: ${summaryOf(last).slice(0, CHARS_MAX)}`);
    const timer = setTimeout(() => setWords(""), SPOKEN_MS);
    return () => clearTimeout(timer);
  }, [last, me.userId, people]);
  return (
    <div aria-live="polite" className="sr-only">
      {words}
    </div>
  );
}
