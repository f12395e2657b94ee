// What is shown, by who is signed in.
import type { Transport } from "@connectrpc/connect";
import { lazy, type ReactElement, Suspense, useEffect } from "react";
import { useStore } from "zustand";
import type { Session } from "../api/session";
import { letterStore } from "../features/letters/letter";
import { takeReturn } from "../features/providers/attempt";
import { SignInPage } from "../features/sign-in/sign-in-page";
import { ProblemNotice } from "../ui/notice";
import { say } from "../words/say";
import { spokenStore } from "../words/spoken";
import { signedInPart } from "./parts";
import { addressOf } from "./route";
import { Splash } from "./splash";

/** Nobody needs it who comes by another way than a letter. */
const LetterPage = lazy(() => import("../features/letters/letter-page"));

/** While the server cannot be reached, we ask this often whether it can. */
const ASK_AGAIN_MS = 3_000;

/** The whole page. */
export function App({ transport, session }: { readonly transport: Transport; readonly session: Session }): ReactElement {
  const state = useStore(session.store);
  const { locale } = useStore(spokenStore);
  const { letter } = useStore(letterStore);
  useEffect(() => {
    if (state.status !== "unknown") return;
    const timer = setTimeout(() => void session.check(), ASK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [session, state]);

  useEffect(() => {
    // Whoever logs in next need not see where the last one was.
    // Somebody got in by another way meanwhile: nobody is to be logged in by it later.
    if (state.status === "signed-in") takeReturn(sessionStorage, "log-in");
    // Nor is anybody to sign up with a code that is used, or of no use to them.
    if (state.status === "signed-in" && letter?.purpose === "sign-up") closeLetter();
    if (state.status === "signed-out" && state.why === "left") history.replaceState(null, "", addressOf({ place: "chats" }));
  }, [state, letter]);

  // Another address is for whoever is signed in, and a new account for whoever is not; the rest is for whoever reads the letter.
  if (letter && letter.purpose !== "sign-up" && (letter.purpose !== "change-email" || state.status === "signed-in")) {
    return (
      <Suspense fallback={<Splash />}>
        <LetterPage key={letter.code} letter={letter} session={session} onClose={closeLetter} />
      </Suspense>
    );
  }
  switch (state.status) {
    case "checking":
      return <Splash />;
    case "unknown":
      return (
        <main className="flex h-full">
          <h1 className="sr-only">Confab</h1>
          <ProblemNotice title={say("app.noConnection")} problem={state.problem} onRetry={() => void session.check()} />
        </main>
      );
    case "signed-out":
      return <SignInPage key={`${locale} ${letter?.code}`} transport={transport} session={session} why={state.why} emailCode={letter?.purpose === "sign-up" ? letter.code : undefined} />;
    case "signed-in":
      return (
        <Suspense fallback={<Splash />}>
          <signedInPart.Drawn key={state.me.userId} transport={transport} session={session} me={state.me} />
        </Suspense>
      );
  }
}

function closeLetter(): void {
  letterStore.setState({ letter: undefined });
}
