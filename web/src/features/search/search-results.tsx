// Conversations by name, and messages by their words.
import type { ReactElement } from "react";
import { useMemo, useState } from "react";
import { useStore } from "zustand";
import { addressOf } from "../../app/route";
import { nameOf, useChat, usePerson } from "../../chat/use-chat";
import type { Message } from "../../gen/confab/message/v1/message_pb";
import { attachmentsOf } from "../../log/attachment";
import { Button } from "../../ui/button";
import { ListSkeleton } from "../../ui/skeleton";
import { shortTime } from "../../ui/time";
import { say, Say } from "../../words/say";
import { summaryOf } from "../attachments/words";
import { ConversationRow } from "../conversations/conversation-row";
import type { Conversation } from "../conversations/conversation";
import { useConversationNames, useFace } from "../conversations/use-conversations";
import { Portrait } from "../people/portrait";
import { FilterBar } from "./filter-bar";
import { NO_FILTERS } from "./filters";
import { folded, highlight } from "./highlight";
import { useMessageSearch } from "./use-message-search";

/** So many conversations are shown above the messages. */
const CONVERSATIONS_MAX = 5;

/** Everything that fits `query`. */
export default function SearchResults({ query, openId }: { readonly query: string; readonly openId: string | undefined }): ReactElement {
  const [filters, setFilters] = useState(NO_FILTERS);
  const named = useNamed(query);
  const { status, problem, found, hasMore, loadMore } = useMessageSearch(query, filters);
  return (
    <>
      <FilterBar filters={filters} onChange={setFilters} openId={openId} />
      <section aria-label={say("search.found")} aria-busy={status === "loading"} className="min-h-0 flex-1 overflow-y-auto px-2 pb-2">
        {named.length > 0 && filters === NO_FILTERS && (
          <>
            <h2 className="px-2 pt-1 pb-0.5 text-xs font-medium text-muted">{say("search.conversations")}</h2>
            <ul>
              {named.map((conversation) => (
                <ConversationRow key={conversation.id} conversation={conversation} selected={conversation.id === openId} />
              ))}
            </ul>
          </>
        )}
        <h2 className="px-2 pt-2 pb-0.5 text-xs font-medium text-muted">{say("search.messages")}</h2>
        <ul aria-label={say("search.messagesFound")}>
          {found.map((message) => (
            <Found key={`${message.conversationId} ${message.seq}`} message={message} query={query} />
          ))}
        </ul>
        {found.length === 0 && status === "loading" && <ListSkeleton label={say("search.searching")} />}
        {found.length === 0 && status === "ready" && !hasMore && <p className="px-2 py-4 text-sm text-muted">{say("search.nothing")}</p>}
        {status === "idle" && <p className="px-2 py-4 text-sm text-muted">{say("search.idle")}</p>}
        {problem && (
          <p role="alert" className="px-2 py-2 text-sm text-danger">
            {problem.text}
          </p>
        )}
        {hasMore && status !== "loading" && (
          <Button look="quiet" onClick={loadMore} className="w-full">
            {say(problem ? "do.tryAgain" : "do.showMore")}
          </Button>
        )}
      </section>
    </>
  );
}

/** Conversations whose title or person has the query in the name. */
function useNamed(query: string): readonly Conversation[] {
  const byId = useStore(useChat().conversations.store, (state) => state.byId);
  const nameFor = useConversationNames();
  return useMemo(() => {
    const wanted = folded(query.trim());
    return [...byId.values()].filter((conversation) => folded(nameFor(conversation)).includes(wanted)).slice(0, CONVERSATIONS_MAX);
  }, [byId, nameFor, query]);
}

function Found({ message, query }: { readonly message: Message; readonly query: string }): ReactElement | null {
  const { conversations, me } = useChat();
  const conversation = useStore(conversations.store, ({ byId }) => byId.get(message.conversationId));
  const sender = nameOf(usePerson(message.senderId));
  if (!conversation) return null;
  const time = Number(message.createTime?.seconds ?? 0n) * 1000;
  return (
    <li>
      <a href={addressOf({ place: "conversation", id: conversation.id, seq: message.seq })} className="flex gap-3 rounded-lg px-2 py-2 hover:bg-raised">
        <Portrait id={message.senderId} name={sender} className="size-8 text-xs" />
        <span className="flex min-w-0 flex-1 flex-col">
          <span className="flex items-baseline gap-2">
            <bdi className="truncate text-sm font-medium">{message.senderId === me.userId ? say("you") : sender}</bdi>
            <Where conversation={conversation} isMine={message.senderId === me.userId} />
            <time className="ms-auto shrink-0 text-xs text-muted">{shortTime(time, Date.now())}</time>
          </span>
          <span dir="auto" className="line-clamp-3 text-sm [overflow-wrap:anywhere] text-muted">
            {highlight(summaryOf({ text: message.text, attachments: attachmentsOf(message.attachments) }), query).map(({ text, isFound }, place) =>
              isFound ? (
                <mark key={place} className="rounded-sm bg-soft font-medium text-ink">
                  {text}
                </mark>
              ) : (
                text
              ),
            )}
          </span>
        </span>
      </a>
    </li>
  );
}

/** Where it was said, if that is not clear from who said it. */
function Where({ conversation, isMine }: { readonly conversation: Conversation; readonly isMine: boolean }): ReactElement | null {
  const { name, shape } = useFace(conversation);
  if (shape === "person" && !isMine) return null;
  return (
    <span className="min-w-0 truncate text-xs text-muted">
      <Say phrase={shape === "person" ? "search.to" : "search.in"} name={<bdi>{name}</bdi>} />
    </span>
  );
}
