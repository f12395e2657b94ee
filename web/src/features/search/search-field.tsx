// The field above the list of conversations.
import { type ReactElement, useEffect, useRef } from "react";
import { Icon } from "../../ui/icons";
import { say } from "../../words/say";
import { QUERY_CHARS_MAX } from "./filters";

/** Control and K lead to it from everywhere. */
export function SearchField({ query, onChange }: { readonly query: string; readonly onChange: (query: string) => void }): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const life = new AbortController();
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    addEventListener("keydown", onKey, { signal: life.signal });
    return () => life.abort();
  }, []);
  return (
    <div className="relative mx-3 mb-2 text-muted">
      <Icon name="search" className="pointer-events-none absolute start-3 top-2.5 size-4.5" />
      <input
        ref={field}
        type="search"
        value={query}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={({ key }) => key === "Escape" && onChange("")}
        aria-label={say("search.label")}
        aria-keyshortcuts="Control+K"
        placeholder={say("search.placeholder")}
        maxLength={QUERY_CHARS_MAX}
        className="w-full rounded-lg border border-line bg-ground py-2 ps-10 pe-3 text-ink"
      />
    </div>
  );
}
