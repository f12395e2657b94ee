// Everybody there is, with a search field; choosing somebody opens the conversation.
import { lazy, type ReactElement, Suspense, useDeferredValue, useState } from "react";
import { type Problem, problemOf } from "../../api/problem";
import { goTo } from "../../app/route";
import { useChat } from "../../chat/use-chat";
import type { User } from "../../gen/confab/auth/v1/user_pb";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { Notice, ProblemNotice } from "../../ui/notice";
import { ListSkeleton } from "../../ui/skeleton";
import { say } from "../../words/say";
import { Portrait } from "./portrait";
import { usePeopleSearch } from "./use-people-search";

/** Fetched when somebody wants to make one. */
const NewGroupDialog = lazy(() => import("../groups/new-group-dialog"));

/** The panel at the side. */
export default function PeoplePanel(): ReactElement {
  const { conversations } = useChat();
  const [query, setQuery] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const [isMaking, setMaking] = useState(false);
  const prefix = useDeferredValue(query.trim());

  const open = async (userId: string) => {
    setProblem(undefined);
    try {
      goTo({ place: "conversation", id: await conversations.openWith(userId) });
    } catch (thrown) {
      setProblem(problemOf(thrown));
    }
  };
  return (
    <section aria-label={say("app.people")} className="flex min-h-0 flex-1 flex-col">
      <button type="button" onClick={() => setMaking(true)} className="mx-2 mb-1 flex items-center gap-3 rounded-lg px-2 py-2 text-start font-medium hover:bg-raised">
        <span className="flex size-10 items-center justify-center rounded-[30%] bg-soft text-accent">
          <Icon name="people" />
        </span>
        {say("people.newGroup")}
      </button>
      {isMaking && (
        <Suspense>
          <NewGroupDialog onClose={() => setMaking(false)} />
        </Suspense>
      )}
      <div className="relative mx-3 mb-2 text-muted">
        <Icon name="search" className="pointer-events-none absolute start-3 top-2.5 size-4.5" />
        <input
          type="search"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          // The panel is opened to search in it.
          autoFocus
          aria-label={say("people.searchLabel")}
          placeholder={say("people.search")}
          maxLength={100}
          className="w-full rounded-lg border border-line bg-ground py-2 ps-10 pe-3 text-ink"
        />
      </div>
      {problem && (
        <p role="alert" className="mx-3 mb-2 rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">
          {say("people.openFailed")} {problem.text}
        </p>
      )}
      <Found prefix={prefix} onOpen={(id) => void open(id)} />
    </section>
  );
}

function Found({ prefix, onOpen }: { readonly prefix: string; readonly onOpen: (userId: string) => void }): ReactElement {
  const { status, problem, found, hasMore, loadMore, retry } = usePeopleSearch(prefix);
  if (problem && found.length === 0) return <ProblemNotice title={say("people.failed")} problem={problem} onRetry={retry} />;
  if (found.length === 0 && status === "loading") return <ListSkeleton label={say("people.looking")} />;
  if (found.length === 0) {
    return (
      <Notice icon="people" title={say(prefix === "" ? "people.nobodyElse" : "people.nobodyFound")}>
        <p>{say(prefix === "" ? "people.nobodyElseHint" : "people.nobodyFoundHint")}</p>
      </Notice>
    );
  }
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-2">
      <ul aria-label={say("people.found")} aria-busy={status === "loading"}>
        {found.map((user) => (
          <PersonRow key={user.userId} user={user} onOpen={onOpen} />
        ))}
      </ul>
      {hasMore && (
        <Button look="quiet" onClick={loadMore} disabled={status === "loading"} className="w-full">
          {say(status === "failed" ? "people.moreFailed" : "do.showMore")}
        </Button>
      )}
    </div>
  );
}

function PersonRow({ user, onOpen }: { readonly user: User; readonly onOpen: (userId: string) => void }): ReactElement {
  return (
    <li>
      <button type="button" onClick={() => onOpen(user.userId)} className="flex w-full items-center gap-3 rounded-lg px-2 py-2 text-start hover:bg-raised">
        <Portrait id={user.userId} name={user.name} />
        <span className="flex min-w-0 flex-col">
          <bdi className="truncate font-medium">{user.name}</bdi>
          {user.statusText !== "" && <bdi className="truncate text-sm text-muted">{user.statusText}</bdi>}
        </span>
      </button>
    </li>
  );
}
