// Measures how quick the page is, against a running server, and writes it down.
//
//   npm run speed
//
//   CONFAB_URL             where the server is; http://localhost:8080 if not set
//   CONFAB_TEST_CHROMIUM   the browser; /usr/bin/chromium if not set
//   CONFAB_SPEED_MESSAGES  how long the long conversation is; 100000 if not set
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { gzipSync } from "node:zlib";
import { launch, until } from "../browser.mjs";
import { contract, sayMuch } from "./server.mjs";

const URL_ = new URL(process.env.CONFAB_URL ?? "http://localhost:8080").origin;
const MESSAGES = Number(process.env.CONFAB_SPEED_MESSAGES ?? 100_000);
const KEPT = 10_000;
const TRIALS = 5;
const SLOWDOWN = 4;
const SCROLL_MS = 6_000;
/** Until a page has got so many messages. */
const PATIENCE_MS = 600_000;
const RESULTS = new URL("../../../docs/results/web.md", import.meta.url);

const stage = await launch({ url: URL_, chromium: process.env.CONFAB_TEST_CHROMIUM ?? "/usr/bin/chromium", pictures: undefined });
const figures = [];
try {
  await firstLoad();
  await long();
} finally {
  await stage.close();
}
await writeFile(RESULTS, page(figures));
for (const { name, value, goal, isReached } of figures) console.log(`${isReached ? "ok    " : "MISSED"}  ${name}: ${value} (${goal})`);

/** What the first visit loads, and how soon one can type. */
async function firstLoad() {
  const visits = [];
  let bytes = 0;
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const visitor = await stage.newPerson("First");
    await slowed(visitor.page);
    await visitor.page.addInitScript(noteFirst, "input[type=email]");
    await visitor.visit();
    visits.push(await visitor.page.waitForFunction(() => globalThis.firstAt).then((at) => at.jsonValue()));
    bytes = await loaded(visitor.page);
    await visitor.context.close();
  }
  note("script and style of the first visit, gzip", bytes, 150_000, (value) => `${value.toLocaleString("en")} bytes`);
  note(`the first visit can be typed into, CPU ${SLOWDOWN}× slower`, median(visits), 1_000, ms);
}

/** A conversation of many messages: reloading, writing, scrolling. */
async function long() {
  const service = contract(URL_);
  const [ada, ben] = await Promise.all(["Ada", "Ben"].map((name) => stage.newPerson(name)));
  await Promise.all([ada.signUp(), ben.signUp()]);
  await ada.find(ben);
  await ada.write("the first");
  await ada.hasSent("the first");
  await ben.open(ada);
  const id = new URL(ben.page.url()).hash.split("/")[2];
  const { accessToken } = await service("confab.auth.v1.AuthService").logIn({ email: ada.email, password: ada.password });
  const messages = service("confab.message.v1.MessageService", accessToken.token);
  const target = { case: "conversationId", value: id };

  await sayMuch(messages, target, KEPT - 1);
  await has(ben.page, KEPT);
  await settled(ben.page, KEPT);
  note(`a reload with ${KEPT.toLocaleString("en")} kept messages shows the last of them`, median(await reloads(ben.page)), 300, ms);
  note("from Enter to one's own bubble", median(await writes(ben.page)), 50, ms);

  await sayMuch(messages, target, MESSAGES - KEPT, (count) => console.log(`        ${count} said`));
  await readAll(ben.page);
  const { fps, p95, worst } = await scroll(ben.page);
  const held = `${MESSAGES.toLocaleString("en")} messages held`;
  note(`frames per second while scrolling, ${held}`, fps, 58, (value) => value.toFixed(1), "at least");
  note(`frames that took less, 95 of 100, ${held}`, p95, 20, ms);
  console.log(`        the slowest frame ${ms(worst)}`);
  note(`from Enter to one's own bubble, ${held}`, median(await writes(ben.page)), 50, ms);
  note(`heap, ${held}`, await heap(ben.page), 150 * 2 ** 20, (value) => `${(value / 2 ** 20).toFixed(0)} MiB`);
}

async function slowed(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
}

/** Runs in the page, before it: when something was there first. */
function noteFirst(selector) {
  const look = () => {
    if (!globalThis.firstAt && document.querySelector(selector)) globalThis.firstAt = performance.now();
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
}

/** What a page has loaded of script and style, compressed. */
async function loaded(page) {
  const files = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.includes("/assets/")));
  const sizes = await Promise.all([...new Set(files)].map(async (file) => gzipSync(Buffer.from(await (await fetch(file)).arrayBuffer())).length));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Waits until the last of `count` messages is drawn. */
async function has(page, count) {
  await page.waitForFunction((last) => [...document.querySelectorAll("[role=log] [data-seq]")].some(({ dataset }) => Number(dataset.seq) >= last), count, { timeout: PATIENCE_MS });
}

/** Waits until `count` messages are kept. */
async function settled(page, count) {
  await until(
    () =>
      page.evaluate(async () => {
        const answer = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
        const [{ name }] = await indexedDB.databases();
        const database = await answer(indexedDB.open(name));
        const kept = await answer(database.transaction("messages").objectStore("messages").count());
        database.close();
        return kept;
      }).then((kept) => kept >= count),
    "all are kept",
    PATIENCE_MS,
  );
}

async function reloads(page) {
  await page.addInitScript(noteFirst, "[role=log] [data-seq]");
  const times = [];
  for (let trial = 0; trial < TRIALS; trial += 1) {
    await page.reload();
    times.push(await page.waitForFunction(() => globalThis.firstAt).then((at) => at.jsonValue()));
  }
  await page.locator("[data-connection=online]").waitFor({ state: "attached" });
  return times;
}

async function writes(page) {
  const times = [];
  for (let trial = 0; trial < TRIALS * 2; trial += 1) {
    const text = `quick ${Date.now()} ${trial}`;
    await page.getByRole("textbox").fill(text);
    await page.evaluate((wanted) => {
      globalThis.bubbleAt = undefined;
      let enterAt;
      addEventListener("keydown", (event) => (enterAt ??= event.timeStamp), { once: true, capture: true });
      const observer = new MutationObserver(() => {
        if (![...document.querySelectorAll("[data-testid=mine]")].some(({ textContent }) => textContent.includes(wanted))) return;
        observer.disconnect();
        // When it is painted.
        requestAnimationFrame(() => setTimeout(() => (globalThis.bubbleAt = performance.now() - enterAt)));
      });
      observer.observe(document.body, { childList: true, subtree: true });
    }, text);
    await page.keyboard.press("Enter");
    times.push(await page.waitForFunction(() => globalThis.bubbleAt).then((at) => at.jsonValue()));
    await page.locator("[data-testid=mine][data-status=stored]").getByText(text, { exact: true }).waitFor();
  }
  return times;
}

/** Goes up until everything is held. */
async function readAll(page) {
  await has(page, MESSAGES);
  await page.getByRole("log").evaluate(async (list) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (let height = 0, still = 0; still < 600; still = list.scrollHeight === height ? still + 1 : 0) {
      height = list.scrollHeight;
      list.scrollTop = 0;
      await frame();
    }
  });
}

/** Scrolls down as a hand does that is in a hurry, a screen each 150 ms or so. */
async function scroll(page) {
  const gaps = await page.getByRole("log").evaluate(async (list, duration) => {
    const times = [];
    list.scrollTop = list.scrollHeight / 3;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (let warm = 0; warm < 30; warm += 1) await frame();
    const begin = performance.now();
    for (let last = begin; last - begin < duration; ) {
      list.scrollTop += 70;
      const now = await frame();
      times.push(now - last);
      last = now;
    }
    return times.slice(1);
  }, SCROLL_MS);
  const sorted = gaps.toSorted((a, b) => a - b);
  return { fps: (1_000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0), p95: sorted[Math.floor(sorted.length * 0.95)], worst: sorted.at(-1) };
}

async function heap(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize;
}

function note(name, value, goal, words, bound = "at most") {
  figures.push({ name, value: words(value), goal: `${bound} ${words(goal)}`, isReached: bound === "at most" ? value <= goal : value >= goal });
}

function ms(value) {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function page(rows) {
  const lines = rows.map(({ name, value, goal, isReached }) => `| ${name} | ${value} | ${goal}${isReached ? "" : ": **missed**"} |`);
  return `# The web client

\`\`\`sh
cd web && npm run build && CONFAB_URL=… npm run speed
\`\`\`

Headless Chromium and the server on the same ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${new Date().toISOString().slice(0, 10)}. Times are the middle of ${TRIALS} trials
or more. ${process.env.CONFAB_SPEED_REMARK ?? ""}

| figure | measured | goal |
|---|---|---|
${lines.join("\n")}
`;
}
