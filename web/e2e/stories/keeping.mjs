// What is kept in the browser: over a reload, without a server, without a tab.
import { same, until } from "../browser.mjs";

/** Everything that the page asks of the server. */
const CALLS = /\/confab\.(auth|message|media)\./;
const SEND = "**/confab.message.v1.MessageService/SendMessage";

/** What is left of somebody in their browser. */
export function leftBehind(page) {
  return page.evaluate(async () => ({
    storage: [...Object.keys(localStorage), ...Object.keys(sessionStorage)],
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
  }));
}

/** What the messages say that are kept in a browser. */
export function keptTexts(page) {
  return page.evaluate(async () => {
    const answer = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
    const { name } = (await indexedDB.databases()).find((one) => !one.name.startsWith("confab-files-"));
    const database = await answer(indexedDB.open(name));
    const rows = await answer(database.transaction("messages").objectStore("messages").getAll());
    database.close();
    return rows.map(({ message }) => message.text);
  });
}

export const keeping = {
  async "a reload shows what is kept before the server has said a word"(stage) {
    const { ada, ben } = stage.people;
    const { page } = ada;
    await page.goto("/#/");
    await ada.open(ben);
    await ada.write("kept for later");
    await ada.hasSent("kept for later");
    const before = JSON.stringify((await ada.texts()).slice(-10));
    await until(async () => (await keptTexts(page)).includes("kept for later"), "it is kept");
    await page.route(CALLS, (route) => route.abort());
    await page.reload();
    await ada.heading(ben);
    await until(async () => JSON.stringify((await ada.texts()).slice(-10)) === before, "the newest messages are there");
    await ada.row(ben).getByText("kept for later").waitFor();
    await page.locator("[data-connection=offline]").waitFor();
    await stage.checkAccess(page, "what is kept");
    await stage.picture(page, "kept");
  },

  async "what was said meanwhile comes as soon as the server is there"(stage) {
    const { ada, ben } = stage.people;
    await ben.write("said to a kept conversation");
    await ben.hasSent("said to a kept conversation");
    await ada.page.unroute(CALLS);
    await ada.sees("said to a kept conversation");
    await ada.isOnline();
    // Of a long conversation only what is near sight is drawn, which is not the same in both windows.
    same((await ada.texts()).slice(-10), (await ben.texts()).slice(-10), "both see the same");
  },

  async "what is written without a server outlives its tab, and is sent once"(stage) {
    const { ada, ben } = stage.people;
    const address = ada.page.url();
    await ada.context.route(SEND, (route) => route.abort());
    await ada.write("written and closed");
    await ada.page.locator("[data-status=waiting]").waitFor();
    await ada.page.close();
    ada.page = await ada.context.newPage();
    await ada.page.goto(address);
    await ada.page.locator("[data-status=waiting]").getByText("written and closed", { exact: true }).waitFor();
    await stage.picture(ada.page, "waiting-after-closing");
    await ada.context.unroute(SEND);
    await ada.hasSent("written and closed");
    await ben.sees("written and closed");
    // Once the log is kept that has it.
    await until(() => ada.page.evaluate(() => Object.keys(localStorage).every((key) => !key.includes("unsent"))), "nothing is unsent");
  },

  async "what a closed tab has not sent is sent by the one that stays"(stage) {
    const { ada, ben } = stage.people;
    const second = await ada.context.newPage();
    await second.goto(ada.page.url());
    await ada.isIn(second);
    await second.route(SEND, (route) => route.abort());
    await ada.write("left by a closed tab", second);
    await second.locator("[data-status=waiting]").waitFor();
    await second.close();
    await ada.hasSent("left by a closed tab");
    await ben.sees("left by a closed tab");
  },

  async "an answer that is refused is still an answer when it is taken back"(stage) {
    const { ada, ben } = stage.people;
    await ben.write("what do you think?");
    await ada.sees("what do you think?");
    await ada.act("what do you think?", "Reply");
    await ada.write("y".repeat(8_001));
    await ada.page.getByText("Not sent. It must be at most 8,000 characters.").waitFor();
    await ada.page.getByRole("button", { name: "Edit" }).click();
    await ada.page.getByText("Reply to").waitFor();
    await ada.page.getByRole("textbox").fill("I think so too");
    // Also over a reload.
    await ada.page.reload();
    await ada.page.getByText("Reply to").waitFor();
    same(await ada.page.getByRole("textbox").inputValue(), "I think so too", "the draft");
    await ada.page.getByRole("textbox").press("Enter");
    await ben.message("I think so too").getByRole("button", { name: "what do you think?" }).waitFor();
  },

  async "a browser that keeps nothing works all the same, and says so"(stage) {
    const { ada, ben } = stage.people;
    const refuse = () => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("refused", "SecurityError");
      };
    };
    const page = await stage.newPage(ada, { prepare: (made) => made.addInitScript(refuse) });
    await ada.isIn(page);
    await ada.write("from a private window", page);
    await ada.hasSent("from a private window", page);
    await ben.sees("from a private window");
    await page.getByRole("link", { name: "Settings" }).click();
    await page.locator("[data-kept=refused]").waitFor();
    await stage.checkAccess(page, "settings of a browser that keeps nothing");
    await stage.picture(page, "kept-nothing");
    await page.context().close();
  },

  async "a browser whose storage is full works all the same, and says so"(stage) {
    const { ada, ben } = stage.people;
    const fill = () => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    };
    const page = await stage.newPage(ada, { prepare: (made) => made.addInitScript(fill) });
    await ada.isIn(page);
    await ben.write("to a full device");
    await ada.sees("to a full device", page);
    await page.getByRole("link", { name: "Settings" }).click();
    await page.locator("[data-kept=full]").waitFor();
    await page.context().close();
  },

  async "of a session that was ended elsewhere nothing is left to read"(stage) {
    const { ada } = stage.people;
    const page = await stage.newPage(ada);
    await ada.isIn(page);
    await until(async () => (await leftBehind(page)).databases.length === 1, "something is kept");
    await page.context().clearCookies();
    await page.reload();
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    await until(async () => (await leftBehind(page)).databases.length === 0, "nothing is kept");
    same((await leftBehind(page)).storage.includes("confab.me"), false, "who it was");
    await page.context().close();
  },
};
