// What to quote to whoever runs the server.
import type { ReactElement } from "react";
import { say } from "../words/say";
import { CopyButton } from "./copy-button";

/** To be read, and to be copied. */
export function RequestNumber({ id }: { readonly id: string }): ReactElement {
  return (
    <span className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs break-all">
      {say("problem.request", { id })}
      <CopyButton label={say("problem.copyRequest")} text={id} className="px-2! py-1! text-ink" />
    </span>
  );
}
