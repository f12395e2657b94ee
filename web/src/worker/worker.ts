// What runs without a page: keeps the files that the page is made of, so that it
// opens at once, and without a net; tells of messages that the server pushes; and
// goes where a notice leads that is pressed. Nothing that anybody said is kept in here.
import { type NoticeData, type PushSettings, read, shown, type TellAs, waiting } from "./push";

declare const self: ServiceWorkerGlobalScope;

/** Put in when the client is built: every file of it, and what tells this build from others. */
declare const __SHELL__: { readonly version: string; readonly files: readonly string[] };

const SHELL = __SHELL__;
const PREFIX = "confab-shell-";
const CACHE = `${PREFIX}${SHELL.version}`;
/** Files in here have a hash of their content in their name: one of another build is still right. */
const HASHED = "/assets/";
/** Where is kept how to tell what the server pushes. Logging out empties it, like all caches. */
const PUSH_CACHE = "confab-push";
const PUSH_SETTINGS = "/push-settings";

self.addEventListener("install", (event) => event.waitUntil(fill()));

self.addEventListener("activate", (event) => event.waitUntil(forgetOlder()));

self.addEventListener("message", (event) => {
  // Logging out empties the caches; whoever logs in fills them again.
  if (event.data === "keep") event.waitUntil(fill());
  if (event.data === "take-over") event.waitUntil(self.skipWaiting());
  const said = event.data as TellAs | null;
  if (said?.kind === "tell-as") event.waitUntil(keepPushSettings(said.settings));
});

self.addEventListener("fetch", (event) => {
  const path = pathOf(event.request);
  if (path === undefined) return;
  event.respondWith(answer(event.request, path));
  if (event.request.mode === "navigate") event.waitUntil(renew());
});

self.addEventListener("push", (event) => event.waitUntil(tell(event.data?.text())));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open((event.notification.data as NoticeData | null)?.conversationId));
});

/** Shows what the server tells, unless a page is in front that does. What is newer takes the place of what is older. */
async function tell(text: string | undefined): Promise<void> {
  const pages = await openPages();
  if (pages.some(({ visibilityState }) => visibilityState === "visible")) return;
  const notice = shown(read(text), await pushSettings(), pages.length > 0);
  await self.registration.showNotification(notice.title, notice.options);
  // Where the icon can show no number, none is shown.
  const { navigator }: { readonly navigator: { readonly setAppBadge?: (count: number) => Promise<void> } } = self;
  await navigator.setAppBadge?.(waiting(await self.registration.getNotifications())).catch(() => {});
}

/** Our pages that are open. What else the server has at other addresses, as a file, tells nobody anything, and leads nowhere. */
async function openPages(): Promise<readonly WindowClient[]> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return windows.filter(({ url }) => new URL(url).pathname === "/");
}

async function pushSettings(): Promise<PushSettings | undefined> {
  const kept = await caches.match(PUSH_SETTINGS, { cacheName: PUSH_CACHE });
  return (await kept?.json()) as PushSettings | undefined;
}

async function keepPushSettings(settings: PushSettings): Promise<void> {
  await (await caches.open(PUSH_CACHE)).put(PUSH_SETTINGS, Response.json(settings));
}

/** Shows a conversation in a page that is there, else in a new one. */
async function open(conversationId: string | undefined): Promise<void> {
  const pages = await openPages();
  const page = pages.find(({ visibilityState }) => visibilityState === "visible") ?? pages[0];
  if (!page) return void (await self.clients.openWindow(conversationId === undefined ? "/" : `/#/conversation/${conversationId}`));
  if (conversationId !== undefined) page.postMessage({ kind: "pressed", conversationId });
  await page.focus();
}

/** Which of our files is asked for. Every other request is the server's, and does not come in here. */
function pathOf({ method, url, mode }: Request): string | undefined {
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return undefined;
  // Of all addresses that one can go to, only this one is the page.
  if (mode === "navigate" && pathname !== "/") return undefined;
  return pathname.startsWith(HASHED) || SHELL.files.includes(pathname) ? pathname : undefined;
}

async function answer(request: Request, path: string): Promise<Response> {
  const kept = await caches.match(path, { cacheName: CACHE });
  // A page of the build before may still be open.
  const older = kept ?? (path.startsWith(HASHED) ? await caches.match(path) : undefined);
  return older ?? fetch(request);
}

/** The page has the policy in its head that the server sent with it: it is not to stay longer than the server wants. */
async function renew(): Promise<void> {
  try {
    const [fresh, kept] = await Promise.all([fetch("/", { cache: "no-cache" }), caches.match("/", { cacheName: CACHE })]);
    // Another page comes with a worker of its own.
    const isSame = kept !== undefined && fresh.ok && (await fresh.clone().text()) === (await kept.text());
    if (isSame) await (await caches.open(CACHE)).put("/", fresh);
  } catch {
    // Without a net it is good for as long as that lasts.
  }
}

async function fill(): Promise<void> {
  const cache = await caches.open(CACHE);
  const kept = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  const missing = SHELL.files.filter((path) => !kept.has(path));
  await cache.addAll(missing.map((path) => new Request(path, { cache: path.startsWith(HASHED) ? "default" : "no-cache" })));
}

/** Keeps this build and the one before it, of which pages may still be open. */
async function forgetOlder(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
}
