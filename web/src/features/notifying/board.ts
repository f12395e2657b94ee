// Where notices are shown: by the worker if there is one, which also works on
// phones, else by the page itself.
import { cleaned } from "./cleaned";
import { isLoud } from "./choice";
import type { Notice, NoticeBoard } from "./notifier";

const TEXT_CHARS_MAX = 200;
const ICON = "/icons/icon-192.png";

/** What the worker tells a page when a notice is pressed. */
export interface Pressed {
  readonly kind: "pressed";
  readonly conversationId: string;
}

/** The notices of this browser; `onPress` shows the conversation in this tab. */
export function browserBoard(window: Window & typeof globalThis, onPress: (conversationId: string) => void, signal: AbortSignal): NoticeBoard {
  const workers = window.navigator.serviceWorker as ServiceWorkerContainer | undefined;
  const own = new Map<string, Notification>();
  const onMessage = ({ data }: MessageEvent<Pressed>) => data?.kind === "pressed" && onPress(data.conversationId);
  workers?.addEventListener("message", onMessage as EventListener, { signal });

  const show = async ({ conversationId, title, text }: Notice) => {
    const options = { body: cleaned(text, TEXT_CHARS_MAX), tag: conversationId, renotify: true, silent: !isLoud(window.localStorage), icon: ICON, data: { conversationId } };
    const registration = await workers?.getRegistration();
    if (registration?.active) return registration.showNotification(cleaned(title, TEXT_CHARS_MAX), options);
    const notice = new window.Notification(cleaned(title, TEXT_CHARS_MAX), options);
    own.set(conversationId, notice);
    notice.onclick = () => {
      window.focus();
      notice.close();
      onPress(conversationId);
    };
  };
  const remove = async (conversationId: string) => {
    own.get(conversationId)?.close();
    own.delete(conversationId);
    const registration = await workers?.getRegistration();
    for (const notice of (await registration?.getNotifications({ tag: conversationId })) ?? []) notice.close();
  };
  // A system that shows none shows none: the page says it all the same.
  return { show: (notice) => void show(notice).catch(() => {}), remove: (id) => void remove(id).catch(() => {}) };
}
