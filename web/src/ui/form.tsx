// Parts of forms.
import type { ComponentProps, ReactElement, ReactNode } from "react";
import { useId } from "react";
import type { Problem } from "../api/problem";
import { say } from "../words/say";
import { RequestNumber } from "./request-number";

const FIELD = "w-full rounded-lg border border-line bg-ground px-3 py-2 text-ink aria-invalid:border-danger";

type FieldProps = ComponentProps<"input"> & { readonly label: string; /** What is wrong with it. */ readonly complaint?: string | undefined };

/** One line of text. */
export function TextField({ label, complaint, ...rest }: FieldProps): ReactElement {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input id={id} aria-invalid={complaint !== undefined} aria-describedby={complaint && `${id}-complaint`} className={FIELD} {...rest} />
      {complaint && (
        <p id={`${id}-complaint`} className="text-sm text-danger">
          {complaint}
        </p>
      )}
    </div>
  );
}

/** Some lines of text. */
export function TextArea({ label, ...rest }: ComponentProps<"textarea"> & { readonly label: string }): ReactElement {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <textarea id={id} rows={3} className={`${FIELD} resize-none`} {...rest} />
    </div>
  );
}

/** A yes or no that takes effect at once. */
export function Switch({ label, hint, isOn, onChange }: { readonly label: string; readonly hint?: ReactNode; readonly isOn: boolean; readonly onChange: (isOn: boolean) => void }): ReactElement {
  const id = useId();
  return (
    <div className="flex items-center gap-3">
      <div className="min-w-0 flex-1">
        <span id={id}>{label}</span>
        {hint && <p className="text-sm text-muted">{hint}</p>}
      </div>
      <button
        type="button"
        role="switch"
        aria-checked={isOn}
        aria-labelledby={id}
        onClick={() => onChange(!isOn)}
        className={`flex h-6 w-10 shrink-0 items-center rounded-full border p-0.5 transition-colors ${isOn ? "justify-end border-accent bg-accent" : "justify-start border-muted bg-raised"}`}
      >
        <span className={`size-4.5 rounded-full ${isOn ? "bg-on-accent" : "bg-muted"}`} />
      </button>
    </div>
  );
}

/** What is wrong with a field, as the server put it. */
export function complaintOn(problem: Problem | undefined, field: string): string | undefined {
  const why = problem?.fields.get(field);
  return why && say("form.it", { why });
}

/** What went wrong, above the buttons; what stands at a field already is not said again. */
export function FormProblem({ problem, shownFields = [] }: { readonly problem: Problem | undefined; readonly shownFields?: readonly string[] }): ReactElement | null {
  if (!problem || shownFields.some((field) => problem.fields.has(field))) return null;
  return (
    <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">
      {problem.text}
      <RequestLine problem={problem} />
    </p>
  );
}

/** What to quote to whoever runs the server, if it is the server's fault. */
export function RequestLine({ problem: { kind, requestId } }: { readonly problem: Problem }): ReactElement | null {
  if (kind !== "internal" || requestId === undefined) return null;
  return <RequestNumber id={requestId} />;
}
