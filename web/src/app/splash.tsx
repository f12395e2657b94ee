// What is shown while it is not known what to show.
import type { ReactElement } from "react";
import { Logo } from "../ui/icons";
import { say } from "../words/say";

/** The logo, if it takes noticeably long. */
export function Splash(): ReactElement {
  return (
    <main className="appear-late flex h-full items-center justify-center" aria-busy="true">
      <h1 className="sr-only">{say("app.starting")}</h1>
      <Logo className="size-14" />
    </main>
  );
}
