// Begins: makes what the client needs of the outside world, and shows the page.
import "./app/theme.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createAuth, createBrowserTransport } from "./api/browser-transport";
import { rememberedIn } from "./api/remembered";
import { Session } from "./api/session";
import { App } from "./app/app";
import { Mishap } from "./app/mishap";
import { fetchBeginning } from "./app/parts";
import { forgetPerson } from "./chat/forget";
import { followAppearance } from "./features/appearance/appearance";
import "./features/installing/of-page";
import { followLetters } from "./features/letters/letter";
import { noteReturn } from "./features/providers/attempt";
import { followLanguage } from "./words/language";

followAppearance(window);
followLetters(window);
noteReturn(window);

// Both need each other: the session asks over the transport, and is asked again when a call is refused.
const transport = createBrowserTransport(() => void session.check());
const session: Session = new Session(createAuth(transport), new BroadcastChannel("confab-session"), forgetPerson, rememberedIn(() => localStorage));
void session.check();
const isSignedIn = session.store.getState().status === "signed-in";
void Promise.all([followLanguage(window), isSignedIn && fetchBeginning(location.hash)]).then(show);

function show(): void {
  const root = document.getElementById("root");
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <Mishap onReload={() => location.reload()}>
        <App transport={transport} session={session} />
      </Mishap>
    </StrictMode>,
  );
}
