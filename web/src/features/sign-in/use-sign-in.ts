// What the sign-in page does: keeps what was typed, asks, and says what was wrong.
import { useState } from "react";
import { type Problem, problemOf } from "../../api/problem";
import { proofOf } from "../../api/proof";
import type { Session } from "../../api/session";
import { FactorMethod, type SecondFactorChallenge } from "../../gen/confab/auth/v1/factor_pb";
import { type PlainPhrase, say } from "../../words/say";

/** What the page is for. */
export type Purpose = "log-in" | "second-step" | "sign-up";

/** The fields, named as in the contract. */
export type FieldName = "name" | "email" | "password" | "code";

/** Another way in, which may lead to a second step. */
export type Way = () => Promise<SecondFactorChallenge | undefined>;

/** Which fields a purpose needs, from top to bottom. */
const FIELDS: Record<Purpose, readonly FieldName[]> = {
  "log-in": ["email", "password"],
  "second-step": ["code"],
  "sign-up": ["name", "email", "password"],
};

const LABELS: Record<FieldName, PlainPhrase> = { name: "signIn.name", email: "signIn.email", password: "signIn.password", code: "signIn.code" };

const NOTHING: Record<FieldName, string> = { name: "", email: "", password: "", code: "" };

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
  readonly change: (field: FieldName, value: string) => void;
  /** Forgets complaints and a log-in that was begun, as when the purpose changes. */
  readonly calm: () => void;
  /** Returns the first field to put right, if there is one. */
  readonly submit: (purpose: Purpose) => Promise<FieldName | undefined>;
  /** Goes another way than through the form. */
  readonly enter: (way: Way) => Promise<void>;
}

/** Signs people up and in. */
export function useSignIn(session: Session): SignIn {
  const [values, setValues] = useState(NOTHING);
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
        return session.signUp(values);
    }
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
      const problem = problemOf(thrown);
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
  const submit = async (purpose: Purpose) => {
    const found = emptyFields(purpose, values);
    if (firstOf(purpose, found) === undefined) {
      const complained = await attempt(() => start(purpose));
      if (!complained) return undefined;
      Object.assign(found, complained);
    }
    setComplaints(found);
    return firstOf(purpose, found);
  };
  return { values, complaints, isBusy, secondStep, change, calm, submit, enter };
}

/** Which fields there are, from top to bottom. */
export function fieldsOf(purpose: Purpose, secondStep: SecondFactorChallenge | undefined): readonly FieldName[] {
  const takesCode = !secondStep || secondStep.methods.some((method) => method === FactorMethod.TOTP || method === FactorMethod.RECOVERY_CODE);
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
  const fields: Partial<Record<FieldName, string>> = {};
  for (const field of FIELDS["sign-up"]) {
    const violation = violations.get(field);
    if (violation !== undefined) fields[field] = say("form.field", { field: labelOf(field), why: violation });
  }
  return Object.keys(fields).length > 0 ? { fields } : { fields, form: text };
}

function emptyFields(purpose: Purpose, values: Record<FieldName, string>): Complaints {
  const empty = FIELDS[purpose].filter((field) => values[field].trim() === "");
  return { fields: Object.fromEntries(empty.map((field) => [field, say("form.fillIn")])) };
}

function firstOf(purpose: Purpose, { fields }: Complaints): FieldName | undefined {
  return FIELDS[purpose].find((field) => fields[field] !== undefined);
}
