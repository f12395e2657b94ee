// What the sign-in page does: keeps what was typed, asks, and says what was wrong.
import { useState } from "react";
import { type Problem, problemOf } from "../../api/problem";
import type { Session } from "../../api/session";
import { type PlainPhrase, say } from "../../words/say";

/** What the page is for. */
export type Purpose = "log-in" | "second-step" | "sign-up";

/** The fields, named as in the contract. */
export type FieldName = "name" | "email" | "password" | "code";

/** Which fields a purpose needs, from top to bottom. */
export const FIELDS: Record<Purpose, readonly FieldName[]> = {
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
  /** Whether the password was right, and a code is needed beside it. */
  readonly needsCode: boolean;
  readonly change: (field: FieldName, value: string) => void;
  /** Forgets complaints and a log-in that was begun, as when the purpose changes. */
  readonly calm: () => void;
  /** Returns the first field to put right, if there is one. */
  readonly submit: (purpose: Purpose) => Promise<FieldName | undefined>;
}

/** Signs people up and in. */
export function useSignIn(session: Session): SignIn {
  const [values, setValues] = useState(NOTHING);
  const [challenge, setChallenge] = useState<string>();
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
        return setChallenge(await session.logIn(values));
      case "second-step":
        return session.finishLogIn(challenge ?? "", values.code);
      case "sign-up":
        return session.signUp(values);
    }
  };
  const calm = () => {
    setComplaints({ fields: {} });
    setChallenge(undefined);
  };
  const submit = async (purpose: Purpose) => {
    const found = emptyFields(purpose, values);
    if (firstOf(purpose, found) === undefined) {
      setBusy(true);
      try {
        await start(purpose);
        return undefined;
      } catch (thrown) {
        const problem = problemOf(thrown);
        // Too late, or tried too often: it begins with the password again.
        if (problem.reason === "NO_SUCH_CHALLENGE") setChallenge(undefined);
        Object.assign(found, complaintsOf(problem));
      } finally {
        setBusy(false);
      }
    }
    setComplaints(found);
    return firstOf(purpose, found);
  };
  return { values, complaints, isBusy, needsCode: challenge !== undefined, change, calm, submit };
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
