// Everything that lives as long as one person is signed in, put together.
import { createStore, type StoreApi } from "zustand/vanilla";
import { browserDoor } from "../api/media-door";
import type { Session } from "../api/session";
import type { Api } from "../api/transport";
import { browserWorld } from "../api/world";
import { goTo, parseRoute } from "../app/route";
import { LeftFiles } from "../features/attachments/left-files";
import { measured, Uploads } from "../features/attachments/uploads";
import { Blocks } from "../features/blocking/blocks";
import { Drafts } from "../features/conversation/drafts";
import { Outbox, placeInLog } from "../features/conversation/outbox";
import { Places } from "../features/conversation/places";
import { ReadMarks } from "../features/conversation/read-marks";
import { Unsent } from "../features/conversation/unsent";
import { Conversations } from "../features/conversations/conversations";
import { Live } from "../features/live/live";
import { OpenTabs } from "../features/live/open-tabs";
import { Marks } from "../features/marks/marks";
import { browserBoard } from "../features/notifying/board";
import { areNoticesOn } from "../features/notifying/choice";
import { Notifier } from "../features/notifying/notifier";
import { People } from "../features/people/people";
import { partners, Presence } from "../features/presence/presence";
import { ReactionIntents } from "../features/reactions/reaction-intents";
import { Quotes } from "../features/replies/quotes";
import { StepUp } from "../features/step-up/step-up";
import { Typing } from "../features/typing/typing";
import type { User } from "../gen/confab/auth/v1/user_pb";
import type { SubscribeResponse } from "../gen/confab/message/v1/live_service_pb";
import { openDatabase, takeEarly } from "../kept/early";
import type { KeptFiles } from "../kept/files";
import { type KeptPerson, Shelf } from "../kept/shelf";
import { Toasts } from "../ui/toasts";
import { say } from "../words/say";
import { nameOf } from "./use-chat";
import { DRAFT_PREFIX, FILES_PREFIX, filesName, PLACE_PREFIX, UNSENT_PREFIX } from "./forget";

/** The client of one person. */
export interface Chat {
  readonly me: User;
  readonly session: Session;
  readonly api: Api;
  readonly conversations: Conversations;
  readonly people: People;
  readonly outbox: Outbox;
  readonly uploads: Uploads;
  readonly drafts: Drafts;
  readonly places: Places;
  readonly readMarks: ReadMarks;
  readonly live: Live;
  readonly reactionIntents: ReactionIntents;
  readonly toasts: Toasts;
  readonly stepUp: StepUp;
  readonly presence: Presence;
  readonly typing: Typing;
  readonly marks: Marks;
  readonly quotes: Quotes;
  readonly blocks: Blocks;
  readonly shelf: Shelf;
  /** What somebody else said last, while the page was open. */
  readonly heard: StoreApi<Heard | undefined>;
}

/** A message as it arrives. */
export interface Heard {
  readonly conversationId: string;
  readonly senderId: string;
}

/** Starts the client of `me`; it stops when `signal` is aborted. */
export function startChat(api: Api, session: Session, me: User, signal: AbortSignal): Chat {
  const world = browserWorld();
  const onUnauthenticated = () => session.check();
  const early = takeEarly(me.userId);
  const shelf = new Shelf({ open: () => early?.database ?? openDatabase(me.userId), restored: early?.restored, me: me.userId, events: window }, signal);
  const conversations = new Conversations(api, me.userId, world, signal, shelf);
  const tabs = new BroadcastChannel(`confab-live-${me.userId}`);
  const presence: Presence = new Presence({ api, share: (frame) => live.shareFrame(frame) }, signal);
  const typing = new Typing({ api, me: me.userId, world }, signal);
  const marks = new Marks({ api, me: me.userId, onReadElsewhere: (id, seq) => conversations.takeRead(id, seq) }, signal);
  const people = new People(api, world, signal);
  const heard = createStore<Heard | undefined>(() => undefined);
  const notifier: Notifier = new Notifier(
    {
      conversations,
      me: me.userId,
      board: browserBoard(window, (id) => goTo({ place: "conversation", id }), signal),
      // One tab tells for all: the one that hears first.
      isOn: () => live.leads && areNoticesOn(window),
      inSight,
      now: world.now,
      nameOf: (id) => nameOf(people.store.getState().get(id)),
    },
    signal,
  );
  const live = new Live(
    {
      api,
      conversations,
      onUnauthenticated,
      world,
      tabs,
      name: `confab-live-${me.userId}`,
      locks: navigator.locks as LockManager | undefined,
      onFrame: (frame) => takeSignal(frame, { me, presence, typing, marks, heard }, notifier),
      onStream: (streamId) => presence.begin(streamId),
      snapshot: () => presence.snapshot(),
    },
    signal,
  );
  const open = new OpenTabs(navigator.locks as LockManager | undefined, signal);
  const left = new LeftFiles({ storage: localStorage, prefix: `${FILES_PREFIX}${me.userId}.`, tabs: open, events: window }, signal);
  const uploads = new Uploads({ door: browserDoor(), world, onUnauthenticated, open: () => openFiles(me.userId), left, addresses: URL, measure: measured }, signal);
  const outbox = new Outbox(
    {
      api,
      world,
      onUnauthenticated,
      uploads,
      onSent: (message) => conversations.takeSent(message),
      whenKept: () => shelf.kept(),
      unsent: new Unsent({ storage: localStorage, prefix: `${UNSENT_PREFIX}${me.userId}.`, tabs: open, events: window }, signal),
    },
    signal,
  );
  const onRead = (id: string, seq: bigint) => {
    conversations.takeRead(id, seq);
    live.tellRead(id, seq);
  };
  const toasts = new Toasts();
  const chat: Chat = {
    shelf,
    heard,
    presence,
    typing,
    marks,
    quotes: new Quotes(api, signal),
    blocks: new Blocks(api, signal),
    toasts,
    stepUp: new StepUp(signal),
    reactionIntents: new ReactionIntents({ api, onProblem: (problem) => toasts.complainOf(problem) }, signal),
    me,
    session,
    api,
    conversations,
    outbox,
    uploads,
    live,
    people,
    drafts: new Drafts(localStorage, `${DRAFT_PREFIX}${me.userId}.`),
    places: new Places(sessionStorage, `${PLACE_PREFIX}${me.userId}.`),
    readMarks: new ReadMarks({ api, onRead, world }, signal),
  };
  connect(chat, signal);
  signal.addEventListener("abort", () => tabs.close());
  void live.run();
  return chat;
}

/** What the stream tells beside events. */
function takeSignal(frame: SubscribeResponse["frame"], { me, presence, typing, marks, heard }: Pick<Chat, "me" | "presence" | "typing" | "marks" | "heard">, notifier: Notifier): void {
  switch (frame.case) {
    case "presenceChanged":
      return presence.take(frame.value.presences);
    case "typing":
      return typing.take(frame.value.conversationId, frame.value.userId, frame.value.typing);
    case "markMoved":
      return marks.take(frame.value);
    case "event":
      if (frame.value.kind.case !== "messageSent") return;
      // Whoever has said it is not writing it any more.
      typing.take(frame.value.conversationId, frame.value.actorId, false);
      notifier.hear(frame.value.conversationId, frame.value.actorId);
      if (frame.value.actorId !== me.userId) heard.setState({ conversationId: frame.value.conversationId, senderId: frame.value.actorId }, true);
  }
}

/** What somebody looks at in this tab. */
function inSight(): { readonly conversationId: string | undefined } | undefined {
  if (document.visibilityState !== "visible" || !document.hasFocus()) return undefined;
  const route = parseRoute(location.hash);
  return { conversationId: route.place === "conversation" ? route.id : undefined };
}

/** Fetched beside the first requests: the page can do without for a moment. */
async function openFiles(userId: string): Promise<KeptFiles> {
  const { KeptFiles } = await import("../kept/files");
  return KeptFiles.open(filesName(userId), Date.now());
}

function connect({ me, conversations, people, outbox, uploads, live, presence, marks, shelf, toasts }: Chat, signal: AbortSignal): void {
  const prune = () => {
    const { byId, status } = conversations.store.getState();
    outbox.prune((message) => {
      const log = byId.get(message.conversationId)?.log;
      // Of a conversation that one has left nothing is shown.
      return log ? placeInLog(message, log, me.userId) : status === "ready" ? message.seq : undefined;
    });
  };
  // As the page remembers one; one may be called otherwise by now.
  people.recall([pickFace(me)]);
  if (shelf.early) people.recall(shelf.early.people);
  else void shelf.restore().then((kept) => people.recall(kept.people));
  people.store.subscribe((now, before) => shelf.notePeople([...now.values()].flatMap((person) => (person && before.get(person.userId) !== person ? pickFace(person) : []))));
  shelf.store.subscribe((state) => state === "full" && toasts.complain(say("kept.fullNow")));
  conversations.store.subscribe(({ byId }, before) => {
    shelf.note(byId, before.byId);
    presence.want(partners([...byId.values()], me.userId));
    if (live.leads) marks.note(byId.values());
    people.need([...byId.values()].flatMap(({ memberIds }) => memberIds));
    prune();
  });
  // What was adopted or sent again may be in the log already.
  outbox.store.subscribe(prune);
  // Marks set on other devices have no event: a stream that begins anew is the time to read them again.
  let wasOnline = false;
  live.connection.subscribe((connection) => {
    if (connection === "online") outbox.resume();
    if (connection === "online" && wasOnline) void conversations.load();
    wasOnline ||= connection === "online";
  });

  // Before anything is drawn, if it is there already.
  if (shelf.early) conversations.takeUpFrom(shelf.early);

  const woken = () => document.visibilityState === "visible" && live.hello();
  const leaving = (event: BeforeUnloadEvent) => (outbox.hasUnkept || uploads.hasUnkept) && event.preventDefault();
  document.addEventListener("visibilitychange", woken, { signal });
  window.addEventListener("beforeunload", leaving, { signal });
}

/** A message of the contract has more, and cannot be kept as it is. */
function pickFace({ userId, name, pictureId = "" }: KeptPerson): KeptPerson {
  return { userId, name, pictureId };
}
