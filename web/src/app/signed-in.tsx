// The page of somebody who is signed in: fetched when somebody is.
import { type ReactElement, useEffect, useState } from "react";
import { useStore } from "zustand";
import type { Session } from "../api/session";
import type { Api } from "../api/transport";
import { type Chat, startChat } from "../chat/chat";
import { ChatContext } from "../chat/use-chat";
import type { User } from "../gen/confab/auth/v1/user_pb";
import { spokenStore } from "../words/spoken";
import { Shell } from "./shell";
import { Splash } from "./splash";

/** Starts the client of a person, and stops it when they are not signed in any more. */
export default function SignedIn({ api, session, me }: { readonly api: Api; readonly session: Session; readonly me: User }): ReactElement {
  const [chat, setChat] = useState<Chat>();
  const { locale } = useStore(spokenStore);
  useEffect(() => {
    const life = new AbortController();
    setChat(startChat(api, session, me, life.signal));
    return () => life.abort();
  }, [api, session, me]);

  if (!chat) return <Splash />;
  return (
    <ChatContext value={chat}>
      {/* Another language: everything is drawn anew, and nothing is asked again. */}
      <Shell key={locale} session={session} />
    </ChatContext>
  );
}
