// How much the first visit loads, and when it can be used.
import { loadedBytes } from "../e2e/loaded.mjs";
import { logIn, middle, newPerson } from "./setting.mjs";

const TRIES = 7;
const SLOW_DOWN = 4;

/** Rows of the table, one by one. */
export async function* loading({ context, url }) {
  const page = await context.newPage();
  await page.goto("/");
  await page.getByRole("heading", { name: "Log in" }).waitFor();
  yield { figure: "script and style until the log-in, gzip", unit: " kB", goal: 150, found: (await loadedBytes(page)) / 1000 };

  yield { figure: `log-in can be typed into, processor slowed down ${SLOW_DOWN} times`, unit: " ms", goal: 1000, ...(await readyAfter(context, "input[type=email]")), note: `${TRIES} first visits` };

  const person = await newPerson(url, "Ada");
  await logIn(page, person);
  await page.getByText("No conversations yet").or(page.locator("nav a")).first().waitFor();
  yield { figure: "the same with what comes once somebody is signed in", unit: " kB", goal: 200, found: (await loadedBytes(page)) / 1000 };
  yield { figure: `signed in, the list is there and answers, slowed down ${SLOW_DOWN} times`, unit: " ms", goal: 1000, ...(await readyAfter(context, "[data-testid=me]")), note: `${TRIES} visits without the worker's copy` };
}

/** When an element is there and the page answers, in visits that find nothing kept of the page itself. */
async function readyAfter(context, selector) {
  const tries = [];
  for (let count = 0; count < TRIES; count += 1) {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    await session.send("Network.setBypassServiceWorker", { bypass: true });
    await session.send("Emulation.setCPUThrottlingRate", { rate: SLOW_DOWN });
    await page.addInitScript((wanted) => {
      globalThis.readyAt = new Promise((resolve) => {
        const look = () => {
          if (!document.querySelector(wanted)) return;
          observer.disconnect();
          // Painted, and then a turn of its own: nothing stands in the way of a key any more.
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
        };
        const observer = new MutationObserver(look);
        observer.observe(document, { childList: true, subtree: true });
      });
    }, selector);
    await page.goto("/");
    tries.push(await page.evaluate(() => globalThis.readyAt));
    await page.close();
  }
  return middle(tries);
}
