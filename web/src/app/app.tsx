// What is shown, by who is signed in.
import { type ReactElement, useEffect, useState } from "react";
import { useStore } from "zustand";
import type { Session } from "../api/session";
import type { Api } from "../api/transport";
import { type Chat, startChat } from "../chat/chat";
import { ChatContext } from "../chat/use-chat";
import { SignInPage } from "../features/sign-in/sign-in-page";
import type { User } from "../gen/confab/auth/v1/user_pb";
import { Logo } from "../ui/icons";
import { ProblemNotice } from "../ui/notice";
import { addressOf } from "./route";
import { Shell } from "./shell";

/** While the server cannot be reached, we ask this often whether it can. */
const ASK_AGAIN_MS = 3_000;

/** The whole page. */
export function App({ api, session }: { readonly api: Api; readonly session: Session }): ReactElement {
  const state = useStore(session.store);
  useEffect(() => {
    if (state.status !== "unknown") return;
    const timer = setTimeout(() => void session.check(), ASK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [session, state]);

  useEffect(() => {
    // Whoever logs in next need not see where the last one was.
    if (state.status === "signed-out" && state.why === "left") history.replaceState(null, "", addressOf({ place: "chats" }));
  }, [state]);

  switch (state.status) {
    case "checking":
      return <Splash />;
    case "unknown":
      return (
        <main className="flex h-full">
          <h1 className="sr-only">Confab</h1>
          <ProblemNotice title="No connection" problem={state.problem} onRetry={() => void session.check()} />
        </main>
      );
    case "signed-out":
      return <SignInPage session={session} why={state.why} />;
    case "signed-in":
      return <SignedIn key={state.me.userId} api={api} session={session} me={state.me} />;
  }
}

function SignedIn({ api, session, me }: { readonly api: Api; readonly session: Session; readonly me: User }): ReactElement {
  const [chat, setChat] = useState<Chat>();
  useEffect(() => {
    const life = new AbortController();
    setChat(startChat(api, session, me, life.signal));
    return () => life.abort();
  }, [api, session, me]);

  if (!chat) return <Splash />;
  return (
    <ChatContext value={chat}>
      <Shell session={session} />
    </ChatContext>
  );
}

function Splash(): ReactElement {
  return (
    <main className="appear-late flex h-full items-center justify-center" aria-busy="true">
      <h1 className="sr-only">Confab is starting</h1>
      <Logo className="size-14" />
    </main>
  );
}
