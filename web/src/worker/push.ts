// What is shown of a message that the server tells while no page is open. Used by
// the worker alone: what a page uses too would be a file of its own, which a worker cannot load.

/** What the server tells (`services/message/src/push/notice.rs`). */
export interface Pushed {
  readonly conversation_id: string;
  readonly seq: number;
  /** What a group is called; absent of talks of two. */
  readonly title?: string;
  readonly sender: string;
  /** Absent if it is not to be told. */
  readonly text?: string;
  /** What the message has beside its text. */
  readonly kinds?: readonly string[];
  /** How many messages of the conversation are not read. */
  readonly unread: number;
}

/** What the page leaves for the worker, which can ask nobody: how to tell, and the words for it. */
export interface PushSettings {
  readonly isSilent: boolean;
  /** What stands for a text that is not told, and for each kind of file. */
  readonly words: { readonly message: string; readonly somebody: string } & Readonly<Record<string, string>>;
}

/** What is kept with a notice. */
export interface NoticeData {
  readonly conversationId?: string;
  readonly unread: number;
}

/** A notice as the system shows it. */
export interface ShownNotice {
  readonly title: string;
  readonly options: { readonly body: string; readonly tag: string; readonly renotify: boolean; readonly silent: boolean; readonly icon: string; readonly data: NoticeData };
}

/** How the page says so. */
export interface TellAs {
  readonly kind: "tell-as";
  readonly settings: PushSettings;
}

const ICON = "/icons/icon-192.png";
/** Nobody is signed in any more, or what came is nothing of ours: all that may be said. */
const BARE: PushSettings = { isSilent: true, words: { message: "Confab", somebody: "Confab" } };

/** Reads what came; `undefined` if it is nothing of ours. */
export function read(text: string | undefined): Pushed | undefined {
  try {
    const found = JSON.parse(text ?? "") as Partial<Pushed> | null;
    const isOurs = typeof found?.conversation_id === "string" && typeof found.sender === "string" && typeof found.unread === "number";
    return isOurs ? (found as Pushed) : undefined;
  } catch {
    return undefined;
  }
}

/** What is shown of `pushed`. A page that is open has told of it already: then it only takes the place of that, in silence. */
export function shown(pushed: Pushed | undefined, settings: PushSettings | undefined, hasPage: boolean): ShownNotice {
  const { isSilent, words } = settings ?? BARE;
  // A browser wants to see something for every push.
  if (!pushed || !settings) return { title: words.somebody, options: { body: words.message, tag: "confab", renotify: false, silent: true, icon: ICON, data: { unread: 0 } } };
  const { conversation_id: conversationId, title, text, kinds = [], unread } = pushed;
  const sender = pushed.sender === "" ? words.somebody : pushed.sender;
  const files = kinds.flatMap((kind) => words[kind] ?? []).join(", ");
  const body = [files, text].filter(Boolean).join(": ") || words.message;
  return {
    title: title === undefined ? sender : `${title}: ${sender}`,
    options: { body, tag: conversationId, renotify: !hasPage, silent: isSilent || hasPage, icon: ICON, data: { conversationId, unread } },
  };
}

/** How many messages wait, as far as notices tell. */
export function waiting(notices: readonly { readonly data: unknown }[]): number {
  return notices.reduce((sum, { data }) => sum + ((data as NoticeData | null)?.unread ?? 1), 0);
}
