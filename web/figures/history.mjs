// How a long conversation is opened, written in and gone through.
import { converse, logIn, middle, newPerson, post } from "./setting.mjs";

/** So many messages are kept in the browser when it is reloaded. */
const KEPT = 10_000;
const RELOADS = 9;
const TYPED = 25;
/** Frames that are watched, and how far each goes: a quick flick of a finger. */
const FRAMES = 900;
const FRAME_PX = 90;

/** Rows of the table, one by one. */
export async function* history({ context, url, messages }) {
  const [ada, ben] = [await newPerson(url, "Ada"), await newPerson(url, "Ben")];
  const { conversation } = await post(url, "/v1/conversations:openDirect", { userId: ben.userId }, ada.token);
  await converse({ url, people: [ada, ben], conversationId: conversation.conversationId, count: messages - TYPED });
  const page = await context.newPage();
  await logIn(page, ada);
  const address = `/#/conversation/${conversation.conversationId}`;
  await page.goto(address);
  await page.getByRole("log").locator("[data-bubble]").first().waitFor();

  const kept = Math.min(KEPT, messages - TYPED);
  await goBack(page, messages - TYPED - kept);
  await keep(page, kept);
  await page.goto(address);
  yield { figure: `a reload with ${kept.toLocaleString("en")} kept messages shows the last conversation`, unit: " ms", goal: 300, ...(await reloads(page)), note: `${RELOADS} reloads` };
  yield { figure: "from Enter to one's own bubble", unit: " ms", goal: 50, ...(await typed(page)), note: `${TYPED} messages, in that conversation` };

  await goBack(page, 0);
  const session = await context.newCDPSession(page);
  const { perSecond, late } = await scrolled(page);
  yield { figure: `going through ${messages.toLocaleString("en")} messages`, unit: " frames/s", goal: 59, isFloor: true, found: perSecond, note: `${FRAMES} frames of ${FRAME_PX} px; ${(late * 100).toFixed(1)} % took more than one frame's time; a screen has 60` };
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  yield { figure: `heap with ${messages.toLocaleString("en")} messages`, unit: " MB", goal: 150, found: usedSize / 1e6 };
}

/** Goes up until the message `seq` is held. */
async function goBack(page, seq) {
  await page.evaluate(async (wanted) => {
    const list = document.querySelector("[role=log]");
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const oldest = () => Math.min(...[...list.querySelectorAll("[data-seq]")].map((row) => Number(row.dataset.seq)));
    while (oldest() > Math.max(1, wanted + 1)) {
      list.scrollTop = 0;
      await frame();
    }
  }, seq);
}

/** Leaves the conversation, and waits until what was read of it is kept. */
async function keep(page, count) {
  await page.goto("/#/");
  await page.evaluate(async (wanted) => {
    const answer = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
    const { name } = (await indexedDB.databases()).find((one) => !one.name.startsWith("confab-files-"));
    const database = await answer(indexedDB.open(name));
    while ((await answer(database.transaction("messages").objectStore("messages").count())) < wanted) await new Promise((resolve) => setTimeout(resolve, 100));
    database.close();
  }, count);
}

/** How long after its beginning a page shows the end of the conversation. */
async function reloads(page) {
  await page.addInitScript(() => {
    globalThis.shownAt = new Promise((resolve) => {
      const look = () => {
        if (document.querySelectorAll("[role=log] [data-bubble]").length < 5) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { childList: true, subtree: true });
    });
  });
  const tries = [];
  for (let count = 0; count < RELOADS; count += 1) {
    await page.reload();
    tries.push(await page.evaluate(() => globalThis.shownAt));
    await page.locator("[data-connection=online]").waitFor({ state: "attached" });
  }
  return middle(tries);
}

/** How long it takes from the key until the message is painted. */
async function typed(page) {
  const field = page.getByRole("textbox");
  const tries = [];
  for (let count = 0; count < TYPED; count += 1) {
    const words = `typed ${count} of ${TYPED}`;
    await field.fill(words);
    const shown = page.evaluate((text) => {
      const list = document.querySelector("[role=log]");
      return new Promise((resolve) => {
        let pressed;
        addEventListener("keydown", ({ timeStamp }) => (pressed = timeStamp), { once: true, capture: true });
        const observer = new MutationObserver(() => {
          if (pressed === undefined || ![...list.querySelectorAll("[data-testid=mine]")].some((row) => row.textContent.includes(text))) return;
          observer.disconnect();
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - pressed)));
        });
        observer.observe(list, { childList: true, subtree: true, characterData: true });
        globalThis.isWatching = true;
      });
    }, words);
    await page.waitForFunction(() => globalThis.isWatching);
    await page.keyboard.press("Enter");
    tries.push(await shown);
    await page.evaluate(() => (globalThis.isWatching = false));
    await page.locator("[data-testid=mine][data-status=stored]").getByText(words, { exact: true }).waitFor();
  }
  return middle(tries);
}

/** Goes down from the beginning, frame by frame. */
function scrolled(page) {
  return page.evaluate(
    async ([frames, px]) => {
      const list = document.querySelector("[role=log]");
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      list.scrollTop = 0;
      for (let count = 0; count < 30; count += 1) await frame();
      const begin = await frame();
      const times = [begin];
      for (let count = 0; count < frames; count += 1) {
        list.scrollTop += px;
        times.push(await frame());
      }
      const steps = times.slice(1).map((time, place) => time - times[place]);
      // A screen of 60 Hz has a frame each 16.7 ms; clocks are not that exact.
      return { perSecond: (frames * 1000) / (times.at(-1) - begin), late: steps.filter((step) => step > 25).length / frames };
    },
    [FRAMES, FRAME_PX],
  );
}
