// A dot and a word: whether what is shown is up to date.
import { type ReactElement, useEffect, useState } from "react";
import { useStore } from "zustand";
import type { Connection } from "../../api/live-stream";
import { useChat } from "../../chat/use-chat";
import { type PlainPhrase, say } from "../../words/say";

/** Shorter interruptions are nobody's business. */
const NOTICEABLE_MS = 1_200;

const LOOKS: Record<Connection, { readonly dot: string; readonly phrase: PlainPhrase }> = {
  online: { dot: "bg-accent", phrase: "connection.online" },
  connecting: { dot: "bg-muted animate-pulse", phrase: "connection.connecting" },
  offline: { dot: "bg-danger", phrase: "connection.offline" },
};

/** Whoever reloads now sees nothing. */
const FLEETING = { dot: "bg-danger", phrase: "connection.fleeting" } as const;

/** How it stands with the connection, calmly. */
export function ConnectionLine(): ReactElement {
  const { live, shelf } = useChat();
  const connection = useCalm(useStore(live.connection));
  const isKept = useStore(shelf.store, (state) => state !== "refused");
  const { dot, phrase } = connection === "offline" && !isKept ? FLEETING : LOOKS[connection];
  return (
    <p role="status" data-connection={connection} className="flex items-center gap-1.5 truncate text-xs text-muted">
      <span aria-hidden="true" className={`size-2 shrink-0 rounded-full ${dot}`} />
      {say(phrase)}
    </p>
  );
}

/** Good news at once, bad news only if it lasts. */
function useCalm(connection: Connection): Connection {
  const [shown, show] = useState(connection);
  useEffect(() => {
    if (connection === "online") return show(connection);
    const timer = setTimeout(() => show(connection), NOTICEABLE_MS);
    return () => clearTimeout(timer);
  }, [connection]);
  return connection === "online" ? connection : shown;
}
