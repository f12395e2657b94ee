// Begins: makes what the client needs of the outside world, and shows the page.
import "./app/theme.css";
// Before everything else, so that it is under way while that is run.
import { beginning, fetchCalls, isNobody } from "./app/beginning";
import type { Transport } from "@connectrpc/connect";
import { StrictMode } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { LateCalls } from "./api/late-calls";
import { Session } from "./api/session";
import { App } from "./app/app";
import { Mishap } from "./app/mishap";
import { painted } from "./app/painted";
import { forgetPerson } from "./chat/forget";
import { followAppearance } from "./features/appearance/appearance";
import "./features/installing/of-page";
import { followLetters } from "./features/letters/letter";
import { noteReturn } from "./features/providers/attempt";
import { followLanguage } from "./words/language";

followAppearance(window);
followLetters(window);
noteReturn(window);

void begin();

async function begin(): Promise<void> {
  let shown = () => {};
  const isShown = new Promise<void>((resolve) => (shown = resolve));
  // Both need each other: the session asks over the calls, and is asked again when one is refused.
  const calls = new LateCalls(async () => (await fetchCalls()).createCalls(() => void session.check(), isShown), isNobody);
  await Promise.all([followLanguage(window), beginning]);
  // Whoever was signed in is read with the contract; where that cannot be fetched, nobody knows who it was.
  if (!isNobody) await calls.fetch().catch(() => undefined);
  const session: Session = new Session(calls, new BroadcastChannel("confab-session"), forgetPerson, calls.remembered);
  show(calls.transport, session);
  await painted();
  shown();
  await session.check();
}

function show(transport: Transport, session: Session): void {
  const root = document.getElementById("root");
  if (!root) return;
  const page = (
    <StrictMode>
      <Mishap onReload={() => location.reload()}>
        <App transport={transport} session={session} />
      </Mishap>
    </StrictMode>
  );
  // At once: what waits until the page is painted is not to come before it.
  flushSync(() => createRoot(root).render(page));
}
