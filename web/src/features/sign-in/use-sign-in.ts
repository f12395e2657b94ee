// What the sign-in page does: keeps what was typed, asks, and says what was wrong.
import { useState } from "react";
import type { Problem } from "../../api/problem";
import { problemSoon } from "../../api/problem-soon";
import { proofOf } from "../../api/proof";
import type { Session } from "../../api/session";
import type { SecondFactorChallenge } from "../../gen/confab/auth/v1/factor_pb";
import { type PlainPhrase, say } from "../../words/say";
import { RECOVERY_CODE, TOTP } from "./methods";

/** What the page is for. */
export type Purpose = "log-in" | "second-step" | "sign-up";

/** The fields, named as in the contract. */
export type FieldName = "name" | "email" | "password" | "code" | AskedName;

/** The fields of the sign-up that there are only where the server asks for them. */
export type AskedName = "invite_code" | "email_code";

/** Another way in, which may lead to a second step. */
export type Way = () => Promise<SecondFactorChallenge | undefined>;

/** Which fields a purpose needs, from top to bottom. */
const FIELDS: Record<Purpose, readonly FieldName[]> = {
  "log-in": ["email", "password"],
  "second-step": ["code"],
  "sign-up": ["name", "email", "password"],
};

/** How the server asks for more than that. */
const ASKED: Readonly<Partial<Record<string, AskedName>>> = { INVITE_NEEDED: "invite_code", EMAIL_CODE_NEEDED: "email_code" };

const LABELS: Record<FieldName, PlainPhrase> = {
  name: "signIn.name",
  email: "signIn.email",
  password: "signIn.password",
  code: "signIn.code",
  invite_code: "signIn.inviteCode",
  email_code: "email.code",
};

const NOTHING: Record<FieldName, string> = { name: "", email: "", password: "", code: "", invite_code: "", email_code: "" };

/** What is wrong: sentences for fields, and one for everything else. */
export interface Complaints {
  readonly fields: Partial<Record<FieldName, string>>;
  readonly form?: string;
}

/** The state of the sign-in page. */
export interface SignIn {
  readonly values: Record<FieldName, string>;
  readonly complaints: Complaints;
  readonly isBusy: boolean;
  /** What is to be answered beside what was shown already. */
  readonly secondStep: SecondFactorChallenge | undefined;
  /** What the server has asked for beside the fields of the sign-up. */
  readonly asked: readonly AskedName[];
  /** Whether a letter with a code is on its way. */
  readonly isLetterSent: boolean;
  readonly change: (field: FieldName, value: string) => void;
  /** Forgets complaints and a log-in that was begun, as when the purpose changes. */
  readonly calm: () => void;
  /** Returns the first field to put right, if there is one. */
  readonly submit: (purpose: Purpose) => Promise<FieldName | undefined>;
  /** Goes another way than through the form. */
  readonly enter: (way: Way) => Promise<void>;
  /** Has another letter sent to sign up with. */
  readonly sendLetter: () => Promise<void>;
}

/** Signs people up and in; `emailCode` is of the letter that they come from, if they do. */
export function useSignIn(session: Session, emailCode: string | undefined): SignIn {
  const [values, setValues] = useState({ ...NOTHING, email_code: emailCode ?? "" });
  const [asked, setAsked] = useState<readonly AskedName[]>(emailCode === undefined ? [] : ["email_code"]);
  const [isLetterSent, setLetterSent] = useState(false);
  const [secondStep, setSecondStep] = useState<SecondFactorChallenge>();
  const [complaints, setComplaints] = useState<Complaints>({ fields: {} });
  const [isBusy, setBusy] = useState(false);

  const change = (field: FieldName, value: string) => {
    setValues((before) => ({ ...before, [field]: value }));
    // What was wrong with the field or with the whole may be right now.
    setComplaints(({ fields }) => ({ fields: { ...fields, [field]: undefined } }));
  };
  const start = async (purpose: Purpose) => {
    switch (purpose) {
      case "log-in":
        setValues((before) => ({ ...before, code: "" }));
        return setSecondStep(await session.logIn(values));
      case "second-step":
        return session.finishLogIn(secondStep?.challenge ?? "", proofOf(values.code));
      case "sign-up":
        return session.signUp({ ...values, inviteCode: values.invite_code.trim(), emailCode: values.email_code.trim() });
    }
  };
  const letter = async () => {
    await session.requestSignUp(values.email.trim());
    setLetterSent(true);
  };
  const calm = () => {
    setComplaints({ fields: {} });
    setSecondStep(undefined);
  };
  const attempt = async (work: () => Promise<unknown>): Promise<Complaints | undefined> => {
    setBusy(true);
    try {
      await work();
      return undefined;
    } catch (thrown) {
      const problem = await problemSoon(thrown);
      // Too late, tried too often, or what was to be signed is used up: it begins with the first step again.
      if (problem.reason === "NO_SUCH_CHALLENGE" || problem.reason === "WRONG_PASSKEY") setSecondStep(undefined);
      return complaintsOf(problem);
    } finally {
      setBusy(false);
    }
  };
  const enter = async (way: Way) => {
    setComplaints({ fields: {} });
    const complained = await attempt(async () => setSecondStep(await way()));
    // What stands at a field of the form has no field here.
    if (complained) setComplaints({ fields: {}, form: complained.form ?? Object.values(complained.fields).join(" ") });
  };
  /** Signs up as far as that goes with what is known, and asks for what else the server wants. */
  const signUp = async () => {
    try {
      await start("sign-up");
    } catch (thrown) {
      const more = ASKED[(await problemSoon(thrown)).reason];
      if (!more || asked.includes(more)) throw thrown;
      // The cursor goes there when it is drawn.
      setAsked([...asked, more]);
      if (more === "email_code") await letter();
    }
  };
  const submit = async (purpose: Purpose) => {
    const fields = fieldsOf(purpose, { secondStep, asked });
    const found = emptyFields(fields, values);
    if (firstOf(fields, found) === undefined) {
      const complained = await attempt(() => (purpose === "sign-up" ? signUp() : start(purpose)));
      if (!complained) return undefined;
      Object.assign(found, complained);
    }
    setComplaints(found);
    return firstOf(fields, found);
  };
  const sendLetter = async () => setComplaints((await attempt(letter)) ?? { fields: {} });
  return { values, complaints, isBusy, secondStep, asked, isLetterSent, change, calm, submit, enter, sendLetter };
}

/** Which fields there are, from top to bottom. */
export function fieldsOf(purpose: Purpose, { secondStep, asked }: Pick<SignIn, "secondStep" | "asked">): readonly FieldName[] {
  if (purpose === "sign-up") return [...FIELDS[purpose], ...asked];
  const takesCode = !secondStep || secondStep.methods.some((method) => method === TOTP || method === RECOVERY_CODE);
  return takesCode ? FIELDS[purpose] : [];
}

/** What to call a field. */
export function labelOf(field: FieldName): string {
  return say(LABELS[field]);
}

/** What a failed call means for the form. */
export function complaintsOf({ fields: violations, reason, text }: Problem): Complaints {
  if (reason === "EMAIL_TAKEN") return { fields: { email: say("signIn.emailTaken") } };
  if (reason === "WRONG_CODE") return { fields: { code: say("signIn.wrongCode") } };
  // Such a code is for one address, once and for an hour.
  if (reason === "NO_SUCH_CODE") return { fields: { email_code: say("signIn.letterWrong") } };
  if (reason === "NO_SUCH_INVITE") return { fields: { invite_code: say("signIn.inviteWrong") } };
  const fields: Partial<Record<FieldName, string>> = {};
  for (const field of FIELDS["sign-up"]) {
    const violation = violations.get(field);
    if (violation !== undefined) fields[field] = say("form.field", { field: labelOf(field), why: violation });
  }
  return Object.keys(fields).length > 0 ? { fields } : { fields, form: text };
}

function emptyFields(fields: readonly FieldName[], values: Record<FieldName, string>): Complaints {
  const empty = fields.filter((field) => values[field].trim() === "");
  return { fields: Object.fromEntries(empty.map((field) => [field, say("form.fillIn")])) };
}

function firstOf(shown: readonly FieldName[], { fields }: Complaints): FieldName | undefined {
  return shown.find((field) => fields[field] !== undefined);
}
