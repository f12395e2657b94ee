// Chooses some people out of all.
import { type ReactElement, useDeferredValue, useState } from "react";
import type { User } from "../../gen/confab/auth/v1/user_pb";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { say } from "../../words/say";
import { Portrait } from "./portrait";
import { usePeopleSearch } from "./use-people-search";

interface PeoplePickerProps {
  readonly chosen: readonly User[];
  readonly onChange: (chosen: readonly User[]) => void;
  /** Those who are there already. */
  readonly without?: ReadonlySet<string>;
}

/** A search field, those found, and those chosen above. */
export function PeoplePicker({ chosen, onChange, without }: PeoplePickerProps): ReactElement {
  const [query, setQuery] = useState("");
  const { found, status, problem, hasMore, loadMore, retry } = usePeopleSearch(useDeferredValue(query.trim()));
  const offered = found.filter(({ userId }) => !without?.has(userId));
  const isChosen = (user: User) => chosen.some(({ userId }) => userId === user.userId);
  const toggle = (user: User) => onChange(isChosen(user) ? chosen.filter(({ userId }) => userId !== user.userId) : [...chosen, user]);
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2">
      {chosen.length > 0 && <Chosen chosen={chosen} onRemove={toggle} />}
      <input
        type="search"
        value={query}
        onChange={(event) => setQuery(event.target.value)}
        aria-label={say("people.searchToAdd")}
        placeholder={say("people.search")}
        maxLength={100}
        className="rounded-lg border border-line bg-ground px-3 py-2"
      />
      <div className="-mx-2 h-60 min-h-32 overflow-y-auto">
        {problem && (
          <p role="alert" className="px-2 py-4 text-center text-sm text-muted">
            {problem.text}{" "}
            <Button look="link" onClick={retry}>
              {say("do.tryAgain")}
            </Button>
          </p>
        )}
        {status === "ready" && offered.length === 0 && <p className="px-2 py-6 text-center text-sm text-muted">{say("people.nobodyToAdd")}</p>}
        <ul aria-label={say("people.toChooseFrom")}>
          {offered.map((user) => (
            <li key={user.userId}>
              <label className="flex cursor-pointer items-center gap-3 rounded-lg px-2 py-1.5 hover:bg-raised">
                <Portrait id={user.userId} name={user.name} className="size-8 text-xs" />
                <bdi className="min-w-0 flex-1 truncate">{user.name}</bdi>
                <input type="checkbox" checked={isChosen(user)} onChange={() => toggle(user)} className="size-4.5 accent-(--accent)" />
              </label>
            </li>
          ))}
        </ul>
        {hasMore && (
          <Button look="quiet" onClick={loadMore} className="w-full">
            {say("do.showMore")}
          </Button>
        )}
      </div>
    </div>
  );
}

function Chosen({ chosen, onRemove }: { readonly chosen: readonly User[]; readonly onRemove: (user: User) => void }): ReactElement {
  return (
    <ul aria-label={say("people.chosen")} className="flex max-h-24 flex-wrap gap-1.5 overflow-y-auto">
      {chosen.map((user) => (
        <li key={user.userId}>
          <button type="button" title={say("people.remove")} onClick={() => onRemove(user)} className="flex max-w-48 items-center gap-1.5 rounded-full bg-soft py-0.5 ps-1 pe-2 text-sm hover:bg-raised">
            <Portrait id={user.userId} name={user.name} className="size-5 text-[0.5rem]" />
            <span className="sr-only">{say("people.remove")} </span>
            <bdi className="truncate">{user.name}</bdi>
            <Icon name="close" className="size-3.5 text-muted" />
          </button>
        </li>
      ))}
    </ul>
  );
}
