// What one can set: oneself, the look, who sees what, where one is logged in.
import type { ReactElement, ReactNode } from "react";
import { AppearanceChoice } from "./appearance-choice";
import { BlockedList } from "./blocked-list";
import { KeptLine } from "./kept-line";
import { PasswordSection } from "./password-section";
import { PresenceSwitch } from "./presence-switch";
import { ProfileForm } from "./profile-form";
import { SessionList } from "./session-list";
import { ShortcutList } from "./shortcut-list";

/** The panel at the side. */
export default function SettingsPanel(): ReactElement {
  return (
    <section aria-label="Settings" className="flex min-h-0 flex-1 flex-col gap-6 overflow-y-auto px-4 pt-2 pb-6">
      <Part title="You">
        <ProfileForm />
      </Part>
      <Part title="Appearance">
        <AppearanceChoice />
      </Part>
      <Part title="Privacy">
        <PresenceSwitch />
        <BlockedList />
      </Part>
      <Part title="Password">
        <PasswordSection />
      </Part>
      <Part title="Where you are logged in">
        <SessionList />
      </Part>
      <Part title="On this device">
        <KeptLine />
      </Part>
      <Part title="Keyboard">
        <ShortcutList />
      </Part>
    </section>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  return (
    <section aria-label={title} className="flex flex-col gap-3">
      <h2 className="text-sm font-semibold text-muted">{title}</h2>
      {children}
    </section>
  );
}
