// The frame around everything once somebody is signed in: a list at the side,
// a conversation beside it; on a phone, one of the two.
import { lazy, type ReactElement, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import type { Session } from "../api/session";
import { useChat, usePerson } from "../chat/use-chat";
import { Announcer } from "../features/announcing/announcer";
import { ConversationPanel } from "../features/conversations/conversation-list";
import { useConversationList, useUnreadTotal } from "../features/conversations/use-conversations";
import { ConnectionLine } from "../features/live/connection-line";
import { useBadge } from "../features/notifying/use-badge";
import { Portrait } from "../features/people/portrait";
import { LogOutButton } from "../features/sign-in/log-out-button";
import { StepUpQuestion } from "../features/step-up/step-up-question";
import { Icon } from "../ui/icons";
import { Notice } from "../ui/notice";
import { BubblesSkeleton, ListSkeleton } from "../ui/skeleton";
import { ToastArea } from "../ui/toasts";
import { say } from "../words/say";
import { conversationPart } from "./parts";
import { addressOf, goTo, type Route, useRoute } from "./route";

/** Fetched when somebody looks for people. */
const PeoplePanel = lazy(() => import("../features/people/people-panel"));

const SettingsPanel = lazy(() => import("../features/settings/settings-panel"));
const ShortcutsDialog = lazy(() => import("../features/settings/shortcuts-dialog"));

/** The signed-in page. */
export function Shell({ session }: { readonly session: Session }): ReactElement {
  const route = useRoute();
  const { toasts } = useChat();
  const unread = useUnreadTotal();
  useBadge(unread);
  useFocusOnReturn(route);
  const [hasShortcuts, setShortcuts] = useState(false);
  useQuestionMark(() => setShortcuts(true));
  useNeighbours(route);

  const inConversation = route.place === "conversation";
  const inSettings = route.place === "settings";
  return (
    // On a phone either half is the main thing, so the landmark is around both.
    <main className={`flex min-h-0 flex-1 overflow-hidden ${inSettings ? "max-md:flex-col" : ""}`}>
      <h1 className="sr-only">Confab</h1>
      <section aria-label={say("app.side")} className={`${inConversation ? "hidden md:flex" : "flex"} w-full flex-col border-line bg-panel md:w-80 md:border-e 2xl:w-96`}>
        <Header session={session} place={route.place} />
        <Places place={route.place} unread={unread} />
        {/* Settings want room: on a phone they take that of the list. */}
        <div className={inSettings ? "hidden md:contents" : "contents"}>
          <Suspense fallback={<ListSkeleton label={say("app.loading")} />}>
            <Side route={route} />
          </Suspense>
        </div>
      </section>
      {inSettings ? (
        <Suspense fallback={<ListSkeleton label={say("app.loading")} />}>
          <SettingsPanel />
        </Suspense>
      ) : (
        <section aria-label={say("app.conversation")} className={`${inConversation ? "flex" : "hidden md:flex"} min-w-0 flex-1 flex-col`}>
          {inConversation ? (
            <Suspense fallback={<BubblesSkeleton label={say("conversation.loading")} />}>
              <conversationPart.Drawn key={route.id} id={route.id} seq={route.seq} />
            </Suspense>
          ) : (
            <NothingChosen />
          )}
        </section>
      )}
      <Announcer />
      <ToastArea toasts={toasts} />
      <StepUpQuestion />
      {hasShortcuts && (
        <Suspense>
          <ShortcutsDialog onClose={() => setShortcuts(false)} />
        </Suspense>
      )}
    </main>
  );
}

/** A question mark asks what the keyboard can do, unless it is being written. */
function useQuestionMark(onAsk: () => void): void {
  const latest = useRef(onAsk);
  latest.current = onAsk;
  useEffect(() => {
    const life = new AbortController();
    const onKey = ({ key, target }: KeyboardEvent) => {
      const isWriting = target instanceof Element && target.matches("input, textarea, select");
      if (key === "?" && !isWriting) latest.current();
    };
    addEventListener("keydown", onKey, { signal: life.signal });
    return () => life.abort();
  }, []);
}

/** With Alt, the arrow keys lead to the conversation above or below. */
function useNeighbours(route: Route): void {
  const selected = route.place === "conversation" ? route.id : undefined;
  const list = useConversationList(selected, false);
  const latest = useRef({ selected, list });
  latest.current = { selected, list };
  useEffect(() => {
    const life = new AbortController();
    const onKey = (event: KeyboardEvent) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (step === undefined || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      // Without Alt the same keys mean something in the field and among the messages.
      event.stopPropagation();
      const { selected: from, list: all } = latest.current;
      const at = all.findIndex(({ id }) => id === from);
      // From nowhere, down leads to the first.
      const to = all[at + step];
      if (to) goTo({ place: "conversation", id: to.id });
    };
    addEventListener("keydown", onKey, { signal: life.signal, capture: true });
    return () => life.abort();
  }, []);
}

/** What stands below the places. */
function Side({ route }: { readonly route: Route }): ReactElement {
  switch (route.place) {
    case "people":
      return <PeoplePanel />;
    case "settings":
    case "chats":
    case "archive":
    case "conversation":
      return <ConversationPanel selected={route.place === "conversation" ? route.id : undefined} isArchive={route.place === "archive"} />;
  }
}

/** On a phone the way back from a conversation leads to its row in the list. */
function useFocusOnReturn(route: Route): void {
  const before = useRef(route);
  useEffect(() => {
    if (before.current.place === "conversation" && route.place === "chats") {
      document.querySelector<HTMLElement>(`nav a[href="${addressOf({ place: "conversation", id: before.current.id })}"]`)?.focus();
    }
    before.current = route;
  }, [route]);
}

function Header({ session, place }: { readonly session: Session; readonly place: Route["place"] }): ReactElement {
  const { me } = useChat();
  const name = usePerson(me.userId)?.name ?? me.name;
  const isHere = place === "settings";
  return (
    <header className="flex items-center gap-3 px-4 pt-3 pb-2">
      <Portrait id={me.userId} name={name} className="size-9 text-sm" />
      <div className="min-w-0 flex-1">
        <p className="truncate leading-tight font-medium" title={me.email} data-testid="me">
          <bdi>{name}</bdi>
        </p>
        <ConnectionLine />
      </div>
      <a href={addressOf({ place: "settings" })} aria-label={say("settings.title")} title={say("settings.title")} aria-current={isHere ? "page" : undefined} className={`-me-2 rounded-lg p-2 hover:bg-raised hover:text-ink ${isHere ? "bg-raised text-ink" : "text-muted"}`}>
        <Icon name="settings" />
      </a>
      <LogOutButton session={session} />
    </header>
  );
}

function Places({ place, unread }: { readonly place: Route["place"]; readonly unread: number }): ReactElement {
  return (
    <nav aria-label={say("app.places")} className="mx-3 mb-2 flex gap-1 rounded-lg bg-raised p-1">
      <PlaceLink route={{ place: "chats" }} current={place !== "people" && place !== "settings"}>
        <Icon name="chats" className="size-4.5" />
        {say("app.chats")}
        {unread > 0 && <span className="sr-only">{say("app.chatsUnread", { count: unread })}</span>}
      </PlaceLink>
      <PlaceLink route={{ place: "people" }} current={place === "people"}>
        <Icon name="people" className="size-4.5" />
        {say("app.people")}
      </PlaceLink>
    </nav>
  );
}

function PlaceLink({ route, current, children }: { readonly route: Route; readonly current: boolean; readonly children: ReactNode }): ReactElement {
  const look = current ? "bg-panel font-medium text-ink shadow-xs" : "text-muted hover:text-ink";
  return (
    <a href={addressOf(route)} aria-current={current ? "page" : undefined} className={`flex flex-1 items-center justify-center gap-2 rounded-md py-1.5 ${look}`}>
      {children}
    </a>
  );
}

function NothingChosen(): ReactElement {
  return (
    <Notice icon="chats" title={say("app.nothingOpen")}>
      <p>{say("app.nothingOpenHint")}</p>
    </Notice>
  );
}
