// Who has read up to here: small faces under a message.
import type { ReactElement } from "react";
import { useStore } from "zustand";
import { nameOf, useChat } from "../../chat/use-chat";
import { say } from "../../words/say";
import { Portrait } from "../people/portrait";

/** More than these are only counted. */
const FACES_MAX = 5;

/** `readerIds` are joined by spaces, so that a message is drawn again only when they change. */
export function ReaderRow({ readerIds }: { readonly readerIds: string }): ReactElement {
  const { people } = useChat();
  const known = useStore(people.store);
  const ids = readerIds.split(" ");
  const words = say("message.readBy", { names: ids.map((id) => nameOf(known.get(id))).join(", ") });
  return (
    <div title={words} className="mt-1 flex items-center justify-end gap-0.5 self-end">
      <span className="sr-only">{words}</span>
      {ids.slice(0, FACES_MAX).map((id) => (
        <Portrait key={id} id={id} name={nameOf(known.get(id))} className="size-4 text-[0.4375rem]" />
      ))}
      {ids.length > FACES_MAX && (
        <span aria-hidden="true" className="text-[0.6875rem] text-muted">
          +{ids.length - FACES_MAX}
        </span>
      )}
    </div>
  );
}
