// The list of conversations: with whom, what was last said, what is unread.
import { lazy, type ReactElement, Suspense, useState } from "react";
import { useStore } from "zustand";
import { addressOf, type Route } from "../../app/route";
import { useChat } from "../../chat/use-chat";
import { Icon, type IconName } from "../../ui/icons";
import { Notice, ProblemNotice } from "../../ui/notice";
import { rove } from "../../ui/roving";
import { ListSkeleton } from "../../ui/skeleton";
import { say } from "../../words/say";
import { SearchField } from "../search/search-field";
import { ConversationRow } from "./conversation-row";
import { useConversationList } from "./use-conversations";

/** Fetched when somebody looks for something. */
const SearchResults = lazy(() => import("../search/search-results"));

/** A field to search in, and all conversations; or those that are put away. */
export function ConversationPanel({ selected, isArchive }: { readonly selected: string | undefined; readonly isArchive: boolean }): ReactElement {
  const [query, setQuery] = useState("");
  const hasSome = useStore(useChat().conversations.store, ({ byId }) => byId.size > 0);
  return (
    <>
      {hasSome && <SearchField query={query} onChange={setQuery} />}
      {query.trim() === "" ? (
        <ConversationList selected={selected} isArchive={isArchive} />
      ) : (
        <Suspense fallback={<ListSkeleton label={say("search.searching")} />}>
          <SearchResults query={query} openId={selected} />
        </Suspense>
      )}
    </>
  );
}

/** All conversations, or why there are none; or those that are put away. */
function ConversationList({ selected, isArchive }: { readonly selected: string | undefined; readonly isArchive: boolean }): ReactElement {
  const { conversations } = useChat();
  const { status, problem } = useStore(conversations.store);
  const list = useConversationList(selected, isArchive);
  const archived = useConversationList(undefined, true);

  // Tab leads to one of them, arrow keys to the others: there may be hundreds.
  const stop = (list.find(({ id }) => id === selected) ?? list[0])?.id;
  if (list.length > 0 || (archived.length > 0 && !isArchive)) {
    return (
      <nav aria-label={say(isArchive ? "conversations.archived" : "conversations.list")} onKeyDown={(event) => rove(event, 1, "a")} className="min-h-0 flex-1 overflow-y-auto px-2 pb-2">
        {isArchive && <ArchiveLink label={say("conversations.backToAll")} icon="back" route={{ place: "chats" }} />}
        <ul>
          {list.map((conversation) => (
            <ConversationRow key={conversation.id} conversation={conversation} selected={conversation.id === selected} isStop={conversation.id === stop} />
          ))}
        </ul>
        {!isArchive && archived.length > 0 && <ArchiveLink label={say("conversations.archivedCount", { count: archived.length })} icon="archive" route={{ place: "archive" }} />}
      </nav>
    );
  }
  if (status === "loading") return <ListSkeleton label={say("conversations.loading")} />;
  if (problem) return <ProblemNotice title={say("conversations.failed")} problem={problem} onRetry={() => void conversations.load()} />;
  if (isArchive) {
    return (
      <Notice icon="archive" title={say("conversations.archiveEmpty")}>
        <a href={addressOf({ place: "chats" })} className="text-accent underline">
          {say("conversations.toAll")}
        </a>
      </Notice>
    );
  }
  return (
    <Notice icon="chats" title={say("conversations.none")}>
      <p>{say("conversations.noneHint")}</p>
      <a href={addressOf({ place: "people" })} className="mt-2 rounded-lg bg-accent px-4 py-2 font-medium text-on-accent hover:bg-accent-strong">
        {say("conversations.findPeople")}
      </a>
    </Notice>
  );
}

function ArchiveLink({ label, icon, route }: { readonly label: string; readonly icon: IconName; readonly route: Route }): ReactElement {
  return (
    <a href={addressOf(route)} className="flex items-center gap-3 rounded-lg px-2 py-2 text-sm text-muted hover:bg-raised hover:text-ink">
      <span className="flex w-10 justify-center">
        <Icon name={icon} className="size-4.5" />
      </span>
      {label}
    </a>
  );
}
