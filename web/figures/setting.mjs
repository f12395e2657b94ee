// The browser that is measured, the people in it, and what they have said.
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:http2";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { chromium } from "playwright-core";
import { encoded, framed } from "../e2e/wire.mjs";

const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-precise-memory-info"];
/** What is measured may take long on a machine that has other things to do. */
const PATIENCE_MS = 120_000;
/** So many messages are on their way to the server at the same time. */
const TOGETHER = 64;
const WINDOW = { width: 1100, height: 760 };

/** Starts a browser with nothing in it; `port` is where a tool reaches it. */
export async function openBrowser({ url, executablePath }) {
  const folder = await mkdtemp(join(tmpdir(), "confab-figures-"));
  const port = await freePort();
  const context = await chromium.launchPersistentContext(folder, { executablePath, args: [...ARGS, `--remote-debugging-port=${port}`], headless: true, baseURL: url, locale: "en-GB", viewport: WINDOW });
  context.setDefaultTimeout(PATIENCE_MS);
  const close = async () => {
    await context.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { context, port, close, version: `Chromium ${context.browser()?.version() ?? (await versionOf(port))}` };
}

async function versionOf(port) {
  const { Browser: name } = await (await fetch(`http://127.0.0.1:${port}/json/version`)).json();
  return name.replace(/^.*\//, "");
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Somebody new, without a browser: what a program needs to speak for them. */
export async function newPerson(url, name) {
  const mark = randomUUID().slice(0, 8);
  const [email, password] = [`${mark}@example.org`, `correct horse ${mark}`];
  const { accessToken, user } = await post(url, "/v1/auth:signUp", { name: `${name} ${mark}`, email, password });
  return { name: `${name} ${mark}`, email, password, token: accessToken.token, userId: user.userId };
}

export async function post(url, path, body, token) {
  const answer = await fetch(url + path, { method: "POST", headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${answer.status} from ${path}: ${await answer.text()}`);
  return answer.json();
}

/** Logs somebody in on a page. */
export async function logIn(page, { email, password }) {
  await page.goto("/");
  await page.getByLabel("E-mail address", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await page.getByTestId("me").waitFor();
}

/** Says `count` things in a conversation, by several people in turn, as quickly as the server takes them. */
export async function converse({ url, people, conversationId, count }) {
  const session = connect(url);
  let next = 0;
  const talk = async () => {
    while (next < count) {
      const at = next++;
      await send(session, people[at % people.length].token, { 1: conversationId, 3: wordsOf(at), 4: randomUUID() });
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, talk));
  await new Promise((resolve) => session.close(resolve));
}

function send(session, token, fields) {
  return new Promise((resolve, reject) => {
    const call = session.request({ ":method": "POST", ":path": "/confab.message.v1.MessageService/SendMessage", "content-type": "application/grpc", te: "trailers", authorization: `Bearer ${token}` });
    let status;
    call.on("response", (headers) => (status = headers["grpc-status"]));
    call.on("trailers", (trailers) => (status = trailers["grpc-status"]));
    call.on("error", reject);
    call.on("end", () => (status === "0" ? resolve() : reject(new Error(`a message was refused: ${status}`))));
    call.resume();
    call.end(framed(encoded(fields)));
  });
}

const WORDS = "the engine weaves numbers as the loom weaves flowers and leaves of which no card knows anything before it is read in its turn".split(" ");

/** What is said: short and long, in one line and in more, sometimes with a link, emphasis or an emoji. */
function wordsOf(at) {
  const length = [3, 7, 12, 4, 25, 9, 60, 5][at % 8];
  const words = Array.from({ length }, (_, place) => WORDS[(at * 7 + place * 3) % WORDS.length]).join(" ");
  const extras = ["", " 🚀", "", " https://example.org/cards", "", "\nand *more*", "", ""][Math.floor(at / 3) % 8];
  return `${at + 1}: ${words}${extras}`;
}

/** The middle one and the worst. */
export function middle(tries) {
  const sorted = [...tries].sort((a, b) => a - b);
  return { found: sorted[Math.floor(sorted.length / 2)], worst: sorted.at(-1) };
}
