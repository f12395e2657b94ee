// What one can set: oneself, the look, who sees what, where one is logged in.
import { type ReactElement, type ReactNode, useReducer } from "react";
import "../../words/of-settings";
import { say } from "../../words/say";
import { AccountSection } from "../account/account-section";
import { ContactChoice } from "../account/contact-choice";
import { YouSection } from "../account/you-section";
import { FactorSection } from "../factors/factor-section";
import { InstallButton } from "../installing/install-button";
import { LanguageChoice } from "../language/language-choice";
import { NoticesChoice } from "../notifying/notices-choice";
import { PasskeySection } from "../passkeys/passkey-section";
import { IdentitySection } from "../providers/identity-section";
import { AppearanceChoice } from "./appearance-choice";
import { BlockedList } from "./blocked-list";
import { EnterSwitch } from "./enter-switch";
import { KeptLine } from "./kept-line";
import { PasswordSection } from "./password-section";
import { PresenceSwitch } from "./presence-switch";
import { SessionList } from "./session-list";
import { ShortcutList } from "./shortcut-list";

/** On a wide page beside the list, each part a card. */
export default function SettingsPanel(): ReactElement {
  // What the log-in asks for is known to two parts, of which one changes it for the other.
  const [passkeyChanges, notePasskeys] = useReducer((count: number) => count + 1, 0);
  return (
    <section aria-label={say("settings.title")} className="min-h-0 min-w-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex max-w-2xl flex-col gap-6 px-4 pt-2 pb-6 max-md:min-h-full max-md:bg-panel md:gap-4 md:py-6">
        <h2 className="text-lg font-semibold max-md:sr-only">{say("settings.title")}</h2>
        <Part title={say("settings.you")}>
          <YouSection />
        </Part>
        <Part title={say("settings.appearance")}>
          <AppearanceChoice />
        </Part>
        <Part title={say("settings.language")}>
          <LanguageChoice />
        </Part>
        <Part title={say("notices.title")}>
          <NoticesChoice />
        </Part>
        <Part title={say("writing.title")}>
          <EnterSwitch />
        </Part>
        <Part title={say("settings.privacy")}>
          <PresenceSwitch />
          <ContactChoice />
          <BlockedList />
        </Part>
        <Part title={say("password.title")}>
          <PasswordSection />
        </Part>
        <Part title={say("factors.title")}>
          <FactorSection passkeyChanges={passkeyChanges} />
        </Part>
        <Part title={say("passkeys.title")}>
          <PasskeySection onChanged={notePasskeys} />
        </Part>
        <IdentitySection frame={(children) => <Part title={say("providers.title")}>{children}</Part>} />
        <Part title={say("sessions.title")}>
          <SessionList />
        </Part>
        <Part title={say("account.title")}>
          <AccountSection />
        </Part>
        <Part title={say("settings.onThisDevice")}>
          <KeptLine />
          <InstallButton />
        </Part>
        <Part title={say("keys.title")}>
          <ShortcutList />
        </Part>
      </div>
    </section>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <section aria-label={title} className="flex flex-col gap-3 md:rounded-2xl md:border md:border-line md:bg-panel md:p-5">
      <h3 className="text-sm font-semibold text-muted">{title}</h3>
      {children}
    </section>
  );
}
