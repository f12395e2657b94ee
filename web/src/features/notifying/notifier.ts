// Tells of a new message outside of the page, when nobody looks at it inside.
import { summaryOf } from "../attachments/words";
import type { Conversations } from "../conversations/conversations";
import { isMuted } from "../conversations/use-conversations";
import { lastMessage, type LogMessage, unreadCount } from "../../log/log";

/** So long a message has to be seen on the page, by whoever looks at it there or on another device. */
const GRACE_MS = 1_000;
/** To whoever looks at the page, an older message is no news: it was missed, and stands in the list. */
const NEWS_MS = 60_000;

/** What is told of a conversation: one thing at a time, the newest. */
export interface Notice {
  readonly conversationId: string;
  readonly title: string;
  readonly text: string;
}

/** Where notices are shown, outside of the page. */
export interface NoticeBoard {
  readonly show: (notice: Notice) => void;
  readonly remove: (conversationId: string) => void;
}

/** What the notifier needs from the rest of the client. */
export interface NotifierOptions {
  readonly conversations: Pick<Conversations, "get" | "store">;
  readonly me: string;
  readonly board: NoticeBoard;
  /** Whether notices are wanted and allowed, and whether this tab is the one that shows them. */
  readonly isOn: () => boolean;
  /** What somebody looks at in this tab: a conversation, the page without one, or nothing. */
  readonly inSight: () => { readonly conversationId: string | undefined } | undefined;
  readonly now: () => number;
  readonly nameOf: (userId: string) => string;
}

/** Decides what is told. */
export class Notifier {
  /** Conversations that are about to be told of; no more than there are. */
  readonly #pending = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #shown = new Set<string>();

  constructor(
    private readonly options: NotifierOptions,
    signal: AbortSignal,
  ) {
    const stop = options.conversations.store.subscribe(() => this.#removeRead());
    signal.addEventListener("abort", () => {
      stop();
      for (const timer of this.#pending.values()) clearTimeout(timer);
      for (const id of this.#shown) options.board.remove(id);
    });
  }

  /** Somebody has said something in a conversation. */
  hear(conversationId: string, senderId: string): void {
    const { me, isOn } = this.options;
    if (senderId === me || this.#pending.has(conversationId) || !isOn()) return;
    const tell = () => {
      this.#pending.delete(conversationId);
      this.#tell(conversationId);
    };
    this.#pending.set(conversationId, setTimeout(tell, GRACE_MS));
  }

  #tell(conversationId: string): void {
    const conversation = this.options.conversations.get(conversationId);
    const message = conversation && lastMessage(conversation.log);
    if (!message || message.isDeleted || message.senderId === this.options.me) return;
    if (isMuted(conversation) || unreadCount(conversation.log) === 0 || this.#isSeen(conversationId, message)) return;
    const sender = this.options.nameOf(message.senderId);
    const { title } = conversation.log;
    this.#shown.add(conversationId);
    this.options.board.show({ conversationId, title: title === undefined ? sender : `${title}: ${sender}`, text: summaryOf(message) });
  }

  #isSeen(conversationId: string, { createTime }: LogMessage): boolean {
    const seen = this.options.inSight();
    return seen !== undefined && (seen.conversationId === conversationId || this.options.now() - createTime > NEWS_MS);
  }

  /** What has been read, here or elsewhere, is not told any more. */
  #removeRead(): void {
    for (const id of this.#shown) {
      const log = this.options.conversations.get(id)?.log;
      if (log && unreadCount(log) > 0) continue;
      this.#shown.delete(id);
      this.options.board.remove(id);
    }
  }
}
