// The stage: a browser, people with browsers of their own, and what all of
// their pages must never do.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { Person } from "./person.mjs";

const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
/** How long anything may take to happen, on a machine that has other things to do. */
export const PATIENCE_MS = 20_000;
/** Longer than the page takes to notice that a finger stays. */
const HOLD_MS = 700;
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Starts the browser. */
export async function launch({ url, chromium: executablePath, pictures, isAccessKnown = false }) {
  await fetch(url).catch((error) => {
    throw new Error(`there is no server at ${url}; start one, or set CONFAB_URL`, { cause: error });
  });
  const browser = await chromium.launch({ executablePath, args: ARGS, headless: true });
  return new Stage(browser, new URL(url).origin, pictures, isAccessKnown ? undefined : await readFile(AXE, "utf8"));
}

/** Where the stories are played. */
class Stage {
  /** What pages did that they must not do. */
  #offences = [];
  #contexts = [];
  people = {};

  constructor(browser, url, pictures, axe) {
    Object.assign(this, { browser, url, pictures, axe });
  }

  /** Somebody new, with a browser of their own, who is not signed up yet; they may go to the pages of `others`, too. */
  async newPerson(name, { others = [], ...options } = {}) {
    const context = await this.browser.newContext({ baseURL: this.url, locale: "en-GB", viewport: { width: 1100, height: 760 }, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    this.#contexts.push(context);
    this.#watch(context, [options.baseURL ?? this.url, ...others]);
    const surname = newSurname();
    return new Person(context, await context.newPage(), { name: `${name} ${surname}`, email: `${surname}@example.org`.toLowerCase(), password: `correct horse ${surname}` });
  }

  /** Another device of somebody who is signed in, where they are now; `prepare` does something to the page before it is opened. */
  async newPage(person, { prepare = async () => {}, ...options } = {}) {
    const context = await this.browser.newContext({ baseURL: this.url, locale: "en-GB", storageState: await person.context.storageState(), ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    this.#contexts.push(context);
    this.#watch(context, [options.baseURL ?? this.url]);
    const page = await context.newPage();
    await prepare(page);
    await page.goto(person.page.url());
    return page;
  }

  /** A finger that stays where it is for a moment. */
  async hold(page, x, y) {
    const session = await page.context().newCDPSession(page);
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
    await page.waitForTimeout(HOLD_MS);
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  }

  /** A picture of a screen, for people to look at. */
  async picture(page, name) {
    if (this.pictures) await page.screenshot({ path: join(this.pictures, `${name}.png`), animations: "disabled" });
  }

  /** What every open page looks like when a test has failed. */
  async pictureOfFailure(count) {
    const pages = this.#contexts.flatMap((context) => context.pages());
    for (const [place, page] of pages.entries()) await this.picture(page, `failure-${count}-${place}`).catch(() => {});
  }

  /** Fails if a screen keeps somebody out (WCAG 2.2 A and AA, and good practice). */
  async checkAccess(page, screen) {
    // Whatever is fading in is not there yet.
    await page.waitForFunction(() => document.getAnimations().every(({ playState, effect }) => playState !== "running" || effect.getComputedTiming().iterations === Infinity));
    if (this.axe !== undefined) await this.#lookForBarriers(page, screen);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) throw new Error(`${screen} is ${overflow} px wider than its window`);
  }

  async #lookForBarriers(page, screen) {
    if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(this.axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`));
    if (found.length > 0) throw new Error(`${screen}: ${found.join("\n")}`);
  }

  /** What pages did that they must not do, since the browser was started. */
  get offences() {
    return this.#offences;
  }

  async close() {
    await this.browser.close();
  }

  #watch(context, origins) {
    context.on("request", (request) => {
      if (!origins.includes(new URL(request.url()).origin) && request.url() !== "about:blank") this.#offences.push(`request to ${request.url()}`);
    });
    context.on("weberror", (error) => this.#offences.push(`error: ${error.error()?.stack}`));
    context.on("console", (message) => {
      if (/content security policy/i.test(message.text())) this.#offences.push(message.text());
    });
  }
}

/**
 * A name that no earlier run has used, and that does not look strange in pictures.
 * Its few letters spell no word of the page, as "Dibomute" did: stories find buttons by what is in their names.
 */
function newSurname() {
  const pick = (letters) => letters[Math.floor(Math.random() * letters.length)];
  const name = Array.from({ length: 5 }, () => pick("bfgkvz") + pick("aou")).join("");
  return name[0].toUpperCase() + name.slice(1);
}

/** Waits until `condition` returns something true; `what` says what was expected. */
export async function until(condition, what, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Fails unless the two are the same, as JSON. */
export function same(actual, expected, what) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, found ${a}`);
}
