// Pages of others that have a browser send what only ours may, with the cookies of whoever looks at them (row T09).
import { createServer } from "node:http";
import { same } from "../browser.mjs";

/** What somebody would have done in the name of another, and how a page can ask for it without being asked first. */
const POSTS = [
  "/confab.auth.v1.AuthService/LogOut",
  "/confab.auth.v1.AuthService/RevokeOtherSessions",
  "/v1/auth:logOut",
  "/v1/me/sessions:revokeOthers",
  "/api/auth/logout",
  "/api/auth/login",
  "/api/auth/signup",
];
const GETS = ["/v1/me", "/v1/me/sessions", "/v1/live:subscribe", "/api/auth/check", "/api/messages/users", "/socket.io/?EIO=4&transport=polling"];
/** How long the answers to all forms together may take. */
const ANSWERS_MS = 60_000;
const FORMS = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

/** A page of somebody else on two origins: one of another site, one of the same, whose cookies go along. */
async function elsewhere() {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html><title>A nice page</title>"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return { server, origins: [`http://127.0.0.1:${port}`, `http://localhost:${port}`] };
}

/** Has the page try everything; tells what it could read, and whether a socket was opened to it. */
function attack(page, target) {
  return page.evaluate(
    async ({ url, posts, gets, forms }) => {
      const read = [];
      const body = "{}";
      const ask = (path, init) => fetch(url + path, { credentials: "include", ...init });
      const reads = (path, init) =>
        ask(path, init).then(
          () => read.push(path),
          () => {},
        );
      const unasked = posts.flatMap((path) => forms.map((type) => ask(path, { method: "POST", mode: "no-cors", headers: { "content-type": type }, body })));
      await Promise.allSettled([...unasked, ...gets.map((path) => ask(path, { mode: "no-cors" }))]);
      // With what has to be asked for first.
      await Promise.all([...posts.map((path) => reads(path, { method: "POST", headers: { "content-type": "application/json" }, body })), ...gets.map((path) => reads(path, {}))]);
      const socket = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
      const opened = await new Promise((resolve) => {
        socket.onopen = () => resolve(true);
        socket.onerror = () => resolve(false);
      });
      return { read, opened };
    },
    { url: target, posts: POSTS, gets: GETS, forms: FORMS },
  );
}

/**
 * Sends forms, also from a frame that hides its origin; each answer is looked at in a frame. The frames tell when it is
 * there: Playwright hears nothing of those that Chromium gives a process of their own.
 */
async function sendForms(page, target) {
  for (const sandbox of [null, "allow-forms allow-scripts"]) {
    await page.evaluate(
      ([actions, hidden]) => {
        globalThis.answers = 0;
        for (const action of actions) {
          const frame = document.createElement("iframe");
          if (hidden) frame.setAttribute("sandbox", hidden);
          frame.srcdoc = `<form method="post" enctype="text/plain" action="${action}"><input name='{"a":"' value='"}'></form><script>onload = () => document.forms[0].submit()</script>`;
          // The first that is loaded is the form.
          let loads = 0;
          frame.addEventListener("load", () => (globalThis.answers += ++loads === 2 ? 1 : 0));
          document.body.append(frame);
        }
      },
      [POSTS.map((path) => target + path), sandbox],
    );
    await page.waitForFunction((count) => globalThis.answers === count, POSTS.length);
  }
}

export const forgery = {
  async "no page of others does anything in one's name, whatever it has the browser send"(stage) {
    const vic = await stage.newPerson("Vic");
    await vic.signUp();
    const { server, origins } = await elsewhere();
    // Not watched: these pages do what ours must not.
    const context = await stage.browser.newContext({ storageState: await vic.context.storageState() });
    context.setDefaultTimeout(ANSWERS_MS);
    const cookies = await context.cookies(stage.url);
    for (const origin of origins) {
      const page = await context.newPage();
      await page.goto(origin);
      same(await attack(page, stage.url), { read: [], opened: false }, `what ${origin} could read`);
      await sendForms(page, stage.url);
      await page.close();
    }
    server.close();
    server.closeAllConnections();
    same(await context.cookies(stage.url), cookies, "the cookies after that");
    await context.close();
    await vic.page.reload();
    await vic.isIn();
    await vic.context.close();
  },
};
