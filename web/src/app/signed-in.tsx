// The page of somebody who is signed in: fetched when somebody is.
import type { Transport } from "@connectrpc/connect";
import { type ReactElement, useEffect, useLayoutEffect, useState } from "react";
import { useStore } from "zustand";
import type { Session } from "../api/session";
import { createApi } from "../api/transport";
import { type Chat, startChat } from "../chat/chat";
import { ChatContext } from "../chat/use-chat";
import { areNoticesOn, isLoud, isPushWanted } from "../features/notifying/choice";
import { UpdateBar } from "../features/updates/update-bar";
import { updatesIn } from "../features/updates/updates";
import type { User } from "../gen/confab/auth/v1/user_pb";
import { spokenStore } from "../words/spoken";
import { Shell } from "./shell";
import { Splash } from "./splash";

/** One for the page, whoever is signed in. */
const updates = updatesIn(window);

/** Starts the client of a person, and stops it when they are not signed in any more. */
export default function SignedIn({ transport, session, me }: { readonly transport: Transport; readonly session: Session; readonly me: User }): ReactElement {
  const [chat, setChat] = useState<Chat>();
  const { locale } = useStore(spokenStore);
  // Before anything is painted: what was kept is on its way to the page that much sooner.
  useLayoutEffect(() => {
    const life = new AbortController();
    setChat(startChat(createApi(transport), session, me, life.signal));
    return () => life.abort();
  }, [transport, session, me]);
  useEffect(() => void updates?.keep(), [me]);
  // The words for what is told while no page is open are those of this language.
  useEffect(() => void (chat && renewPush(chat)), [chat, locale]);

  if (!chat) return <Splash />;
  return (
    <ChatContext value={chat}>
      {/* Another language: everything is drawn anew, and nothing is asked again. */}
      <div key={locale} className="flex h-full flex-col">
        {updates && <UpdateBar updates={updates} />}
        <Shell session={session} />
      </div>
    </ChatContext>
  );
}

/** Few want it, so it is fetched for them alone. */
async function renewPush({ api }: Chat): Promise<void> {
  if (!areNoticesOn(window) || !isPushWanted(localStorage)) return;
  const { Pushing, pushWorld } = await import("../features/pushing/pushing");
  await new Pushing(api, pushWorld(window)).renew(!isLoud(localStorage));
}
