// Where people sign up and log in.
import { type FormEvent, type ReactElement, useEffect, useRef, useState } from "react";
import type { Session } from "../../api/session";
import { Button } from "../../ui/button";
import { Icon, Logo } from "../../ui/icons";
import { type FieldName, FIELDS, labelOf, type Purpose, type SignIn, useSignIn } from "./use-sign-in";

const WORDS = {
  "log-in": { title: "Log in", done: "Log in", busy: "Logging in…", other: "New here?", switch: "Sign up" },
  "sign-up": { title: "Sign up", done: "Create account", busy: "Creating your account…", other: "Have an account?", switch: "Log in" },
} as const;

/** What browsers need to know to fill fields in by themselves. */
const AUTOCOMPLETE: Record<Purpose, Record<FieldName, string>> = {
  "log-in": { name: "name", email: "username", password: "current-password" },
  "sign-up": { name: "name", email: "username", password: "new-password" },
};

/** The page for everybody who is not signed in. */
export function SignInPage({ session, why }: { readonly session: Session; readonly why: "never" | "left" | "ended" }): ReactElement {
  const [purpose, setPurpose] = useState<Purpose>("log-in");
  const signIn = useSignIn(session);
  const words = WORDS[purpose];
  useEffect(() => {
    document.title = `${words.title} · Confab`;
  }, [words]);

  const change = () => {
    setPurpose(purpose === "log-in" ? "sign-up" : "log-in");
    signIn.calm();
  };
  return (
    <main className="flex min-h-full flex-col items-center justify-center gap-5 p-4 sm:p-8">
      <div className="flex items-center gap-3">
        <Logo className="size-10" />
        <p className="text-2xl font-semibold tracking-tight">Confab</p>
      </div>
      <div className="w-full max-w-sm rounded-2xl border border-line bg-panel p-6 shadow-sm">
        <h1 className="mb-4 text-lg font-semibold">{words.title}</h1>
        {why === "ended" && (
          <p role="status" className="mb-4 rounded-lg bg-soft px-3 py-2 text-sm">
            Your session has ended. Log in to go on.
          </p>
        )}
        {/* A form of its own for each purpose, so that the cursor starts in the first field. */}
        <SignInForm key={purpose} purpose={purpose} signIn={signIn} />
        <p className="mt-5 text-center text-sm text-muted">
          {words.other}{" "}
          <Button look="link" onClick={change} className="font-medium">
            {words.switch}
          </Button>
        </p>
      </div>
      <p className="max-w-sm text-center text-xs text-muted">Your messages stay on this server.</p>
    </main>
  );
}

function SignInForm({ purpose, signIn }: { readonly purpose: Purpose; readonly signIn: SignIn }): ReactElement {
  const form = useRef<HTMLFormElement>(null);
  const { complaints, isBusy } = signIn;
  const words = WORDS[purpose];

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wrong = await signIn.submit(purpose);
    if (wrong) form.current?.querySelector<HTMLInputElement>(`[name=${wrong}]`)?.focus();
  };
  return (
    <form ref={form} noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      {FIELDS[purpose].map((field, place) => (
        <Field key={field} field={field} purpose={purpose} signIn={signIn} isFirst={place === 0} />
      ))}
      {complaints.form && (
        <p role="alert" className="flex gap-2 rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">
          <Icon name="alert" />
          {complaints.form}
        </p>
      )}
      <Button type="submit" look="primary" disabled={isBusy}>
        {isBusy ? words.busy : words.done}
      </Button>
    </form>
  );
}

interface FieldProps {
  readonly field: FieldName;
  readonly purpose: Purpose;
  readonly signIn: SignIn;
  readonly isFirst: boolean;
}

function Field({ field, purpose, signIn: { values, complaints, change }, isFirst }: FieldProps): ReactElement {
  const [isShown, setShown] = useState(false);
  const complaint = complaints.fields[field];
  const isPassword = field === "password";
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-baseline justify-between">
        <label htmlFor={field} className="text-sm font-medium">
          {labelOf(field)}
        </label>
        {isPassword && (
          <Button look="link" aria-pressed={isShown} aria-label="Show the password" onClick={() => setShown(!isShown)} className="text-xs">
            {isShown ? "Hide" : "Show"}
          </Button>
        )}
      </div>
      <input
        id={field}
        name={field}
        type={isPassword && !isShown ? "password" : field === "email" ? "email" : "text"}
        value={values[field]}
        onChange={(event) => change(field, event.target.value)}
        autoComplete={AUTOCOMPLETE[purpose][field]}
        autoFocus={isFirst}
        autoCapitalize={field === "name" ? "words" : "none"}
        spellCheck={false}
        aria-invalid={complaint !== undefined}
        aria-describedby={complaint ? `${field}-complaint` : isPassword && purpose === "sign-up" ? "password-hint" : undefined}
        className="rounded-lg border border-line bg-ground px-3 py-2 aria-invalid:border-danger"
      />
      {isPassword && purpose === "sign-up" && !complaint && (
        <p id="password-hint" className="text-xs text-muted">
          Long is strong: a few words are easy to remember.
        </p>
      )}
      {complaint && (
        <p id={`${field}-complaint`} role="alert" className="text-sm break-words text-danger">
          {complaint}
        </p>
      )}
    </div>
  );
}
