// What runs without a page: keeps the files that the page is made of, so that it
// opens at once, and without a net; and goes where a notice leads that is pressed.
// Nothing that anybody said is kept in here.
export {};

declare const self: ServiceWorkerGlobalScope;

/** Put in when the client is built: every file of it, and what tells this build from others. */
declare const __SHELL__: { readonly version: string; readonly files: readonly string[] };

const SHELL = __SHELL__;
const PREFIX = "confab-shell-";
const CACHE = `${PREFIX}${SHELL.version}`;
/** Files in here have a hash of their content in their name: one of another build is still right. */
const HASHED = "/assets/";

self.addEventListener("install", (event) => event.waitUntil(fill()));

self.addEventListener("activate", (event) => event.waitUntil(forgetOlder()));

self.addEventListener("message", (event) => {
  // Logging out empties the caches; whoever logs in fills them again.
  if (event.data === "keep") event.waitUntil(fill());
  if (event.data === "take-over") event.waitUntil(self.skipWaiting());
});

self.addEventListener("fetch", (event) => {
  const path = pathOf(event.request);
  if (path === undefined) return;
  event.respondWith(answer(event.request, path));
  if (event.request.mode === "navigate") event.waitUntil(renew());
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(String(event.notification.data.conversationId)));
});

/** Shows a conversation in a page that is there, else in a new one. */
async function open(conversationId: string): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find(({ visibilityState }) => visibilityState === "visible") ?? pages[0];
  if (!page) return void (await self.clients.openWindow(`/#/conversation/${conversationId}`));
  page.postMessage({ kind: "pressed", conversationId });
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
