// Says that there is a newer page, and shows it when one wants to.
import type { ReactElement } from "react";
import { useStore } from "zustand";
import { Button } from "../../ui/button";
import { say } from "../../words/say";
import type { Updates } from "./updates";

/** Nothing until there is one. */
export function UpdateBar({ updates }: { readonly updates: Updates }): ReactElement {
  const isThere = useStore(updates.store);
  return (
    <div role="status">
      {isThere && (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-soft px-4 py-2 text-sm">
          <span className="flex-1">{say("update.there")}</span>
          <Button look="link" onClick={() => updates.take()} className="font-medium">
            {say("update.take")}
          </Button>
        </p>
      )}
    </div>
  );
}
