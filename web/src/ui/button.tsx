// Buttons.
import type { ComponentProps, ReactElement } from "react";

const LOOKS = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong disabled:opacity-60 px-4 py-2.5 rounded-lg font-medium",
  plain: "border border-line bg-panel hover:bg-raised px-3 py-1.5 rounded-lg",
  danger: "bg-danger text-on-danger hover:opacity-90 disabled:opacity-60 px-4 py-2 rounded-lg font-medium",
  quiet: "text-muted hover:bg-raised hover:text-ink rounded-lg p-2",
  link: "text-accent underline-offset-2 hover:underline",
} as const;

/** A button; `look` says how much it asks to be pressed. */
export function Button({ look = "plain", className = "", ...rest }: ComponentProps<"button"> & { readonly look?: keyof typeof LOOKS }): ReactElement {
  return <button type="button" {...rest} className={`${LOOKS[look]} ${className}`} />;
}
