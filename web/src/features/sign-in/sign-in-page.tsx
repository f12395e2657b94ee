// Where people sign up and log in.
import type { Transport } from "@connectrpc/connect";
import { type FormEvent, lazy, type ReactElement, type ReactNode, Suspense, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Session } from "../../api/session";
import { Button } from "../../ui/button";
import { Icon, Logo } from "../../ui/icons";
import { type PlainPhrase, say } from "../../words/say";
import { LanguageChoice } from "../language/language-choice";
import { takeReturn } from "../providers/attempt";
import { OtherWays, PasskeyStep } from "./other-ways";
import { type FieldName, fieldsOf, labelOf, type Purpose, type SignIn, useSignIn } from "./use-sign-in";

const PHRASES: Record<Purpose, Record<"title" | "done" | "busy" | "other" | "switch", PlainPhrase>> = {
  "log-in": { title: "signIn.logIn", done: "signIn.logIn", busy: "signIn.loggingIn", other: "signIn.newHere", switch: "signIn.signUp" },
  "second-step": { title: "signIn.secondStep", done: "signIn.logIn", busy: "signIn.loggingIn", other: "signIn.notYou", switch: "signIn.startAgain" },
  "sign-up": { title: "signIn.signUp", done: "signIn.create", busy: "signIn.creating", other: "signIn.haveAccount", switch: "signIn.logIn" },
};

const OF_BROWSERS = { name: "name", email: "username", code: "one-time-code", invite_code: "off", email_code: "one-time-code" };

/** What browsers need to know to fill fields in by themselves. */
const AUTOCOMPLETE: Record<Purpose, Record<FieldName, string>> = {
  "log-in": { ...OF_BROWSERS, password: "current-password" },
  "second-step": { ...OF_BROWSERS, password: "current-password" },
  "sign-up": { ...OF_BROWSERS, password: "new-password" },
};

/** What else one can be here for; nobody needs it to log in. */
const ResetForm = lazy(() => import("./reset-form"));

interface SignInPageProps {
  readonly transport: Transport;
  readonly session: Session;
  readonly why: "never" | "left" | "ended";
  /** The code of the letter that somebody comes from to sign up. */
  readonly emailCode?: string | undefined;
}

/** The page for everybody who is not signed in. */
export function SignInPage({ transport, session, why, emailCode }: SignInPageProps): ReactElement {
  const [wanted, setWanted] = useState<"log-in" | "sign-up" | "reset">(emailCode === undefined ? "log-in" : "sign-up");
  const [isReset, setReset] = useState(false);
  const signIn = useSignIn(session, emailCode);
  const isReturning = useReturn(transport, session, signIn);

  const go = (to: "log-in" | "sign-up" | "reset", isDone = false) => {
    setWanted(to);
    setReset(isDone);
    signIn.calm();
  };
  if (wanted === "reset") {
    return (
      <Frame title={say("reset.title")}>
        <Suspense>
          <ResetForm session={session} email={signIn.values.email} onClose={(isDone) => go("log-in", isDone)} />
        </Suspense>
      </Frame>
    );
  }
  if (isReturning) {
    return (
      <Frame title={say("signIn.logIn")}>
        <p role="status">{say("providers.comingBack")}</p>
      </Frame>
    );
  }
  const { secondStep } = signIn;
  const purpose: Purpose = secondStep ? "second-step" : wanted;
  const fields = fieldsOf(purpose, signIn);
  const phrases = PHRASES[purpose];
  const notice = isReset ? "reset.done" : why === "ended" ? "signIn.ended" : undefined;
  return (
    <Frame title={say(phrases.title)}>
      {notice && (
        <p role="status" className="mb-4 rounded-lg bg-soft px-3 py-2 text-sm">
          {say(notice)}
        </p>
      )}
      {/* A form of its own for each purpose, so that the cursor starts in the first field. */}
      {fields.length > 0 ? <SignInForm key={purpose} purpose={purpose} fields={fields} signIn={signIn} /> : <Complaint text={signIn.complaints.form} />}
      {secondStep && <PasskeyStep session={session} signIn={signIn} step={secondStep} takesCode={fields.length > 0} />}
      {purpose === "log-in" && (
        <p className="mt-4 text-center text-sm">
          <Button look="link" onClick={() => go("reset")}>
            {say("reset.forgot")}
          </Button>
        </p>
      )}
      {purpose !== "second-step" && <OtherWays transport={transport} session={session} signIn={signIn} purpose={purpose} />}
      <p className="mt-4 text-center text-sm text-muted">
        {say(phrases.other)}{" "}
        <Button look="link" onClick={() => go(purpose === "log-in" ? "sign-up" : "log-in")} className="font-medium">
          {say(phrases.switch)}
        </Button>
      </p>
    </Frame>
  );
}

/** Lets somebody in who comes back from a provider; true as long as that takes. */
function useReturn(transport: Transport, session: Session, { enter }: SignIn): boolean {
  const [isReturning, setReturning] = useState(false);
  const latest = useRef(enter);
  // Before anything is painted: the form is not for whoever comes back.
  useLayoutEffect(() => {
    const back = takeReturn(sessionStorage, "log-in");
    if (!back) return;
    setReturning(true);
    const finish = latest.current(async () => (await import("../providers/provider-calls")).finishLogIn(transport, session, back));
    void finish.finally(() => setReturning(false));
  }, [transport, session]);
  return isReturning;
}

/** The page around a form, before one is in. */
export function Frame({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement {
  useEffect(() => {
    document.title = `${title} · Confab`;
  }, [title]);
  return (
    <main className="flex min-h-full flex-col items-center justify-center gap-5 p-4 sm:p-8">
      <div className="flex items-center gap-3">
        <Logo className="size-10" />
        <p className="text-2xl font-semibold tracking-tight">Confab</p>
      </div>
      <div className="w-full max-w-sm rounded-2xl border border-line bg-panel p-6 shadow-sm">
        <h1 className="mb-4 text-lg font-semibold">{title}</h1>
        {children}
      </div>
      <p className="max-w-sm text-center text-xs text-muted">{say("signIn.messagesStay")}</p>
      <LanguageChoice className="text-xs" />
    </main>
  );
}

interface SignInFormProps {
  readonly purpose: Purpose;
  readonly fields: readonly FieldName[];
  readonly signIn: SignIn;
}

function SignInForm({ purpose, fields, signIn }: SignInFormProps): ReactElement {
  const form = useRef<HTMLFormElement>(null);
  const { complaints, isBusy } = signIn;
  const phrases = PHRASES[purpose];

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wrong = await signIn.submit(purpose);
    if (wrong) form.current?.querySelector<HTMLInputElement>(`[name=${wrong}]`)?.focus();
  };
  return (
    <form ref={form} noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      {fields.map((field, place) => (
        <Field key={field} field={field} purpose={purpose} signIn={signIn} isFirst={place === 0} />
      ))}
      {purpose === "sign-up" && <LetterState signIn={signIn} />}
      <Complaint text={complaints.form} />
      <Button type="submit" look="primary" disabled={isBusy}>
        {say(isBusy ? phrases.busy : phrases.done)}
      </Button>
    </form>
  );
}

/** What is known of the letter to sign up with, and a way to another. */
function LetterState({ signIn: { asked, isLetterSent, isBusy, sendLetter } }: { readonly signIn: SignIn }): ReactElement | null {
  if (!asked.includes("email_code")) return null;
  return (
    <div className="flex flex-col gap-2 text-sm">
      {isLetterSent && (
        <p role="status" className="text-muted">
          {say("email.sent")}
        </p>
      )}
      <Button look="link" disabled={isBusy} onClick={() => void sendLetter()} className="self-start">
        {say("reset.again")}
      </Button>
    </div>
  );
}

function Complaint({ text }: { readonly text: string | undefined }): ReactElement | null {
  if (!text) return null;
  return (
    <p role="alert" className="flex gap-2 rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">
      <Icon name="alert" />
      {text}
    </p>
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
  const hint = hintOf(field, purpose);
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-baseline justify-between">
        <label htmlFor={field} className="text-sm font-medium">
          {labelOf(field)}
        </label>
        {isPassword && (
          <Button look="link" aria-pressed={isShown} aria-label={say("signIn.showPassword")} onClick={() => setShown(!isShown)} className="text-xs">
            {say(isShown ? "signIn.hide" : "signIn.show")}
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
        // What is asked for later gets the cursor when it comes.
        autoFocus={isFirst || (isAsked(field) && values[field] === "")}
        autoCapitalize={field === "name" ? "words" : "none"}
        spellCheck={false}
        aria-invalid={complaint !== undefined}
        aria-describedby={complaint ? `${field}-complaint` : hint && `${field}-hint`}
        className="rounded-lg border border-line bg-ground px-3 py-2 aria-invalid:border-danger"
      />
      {hint && !complaint && (
        <p id={`${field}-hint`} className="text-xs text-muted">
          {say(hint)}
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

/** What helps with a field. */
function hintOf(field: FieldName, purpose: Purpose): PlainPhrase | undefined {
  if (field === "invite_code") return "signIn.inviteHint";
  if (field === "password" && purpose === "sign-up") return "signIn.passwordHint";
  return field === "code" ? "signIn.codeHint" : undefined;
}

function isAsked(field: FieldName): boolean {
  return field === "invite_code" || field === "email_code";
}
