// Bad luck: no net, lost answers, a server that refuses, a session that ends.
import { same, until } from "../browser.mjs";

const SEND = "**/confab.message.v1.MessageService/SendMessage";
const WHO = "**/confab.auth.v1.AuthService/GetMe";
const STREAM = "**/confab.message.v1.LiveService/Subscribe";
const LIST = "**/confab.message.v1.ConversationService/ListConversations";
const HISTORY = "**/confab.message.v1.MessageService/ListMessages";

export const hardship = {
  async "what is written without a net is sent once when it returns"(stage) {
    const { ada, ben } = stage.people;
    await ada.context.setOffline(true);
    await ada.write("written offline");
    await ada.write("and another");
    await until(async () => (await ada.page.locator("[data-status=waiting]").count()) === 2, "both wait");
    await stage.checkAccess(ada.page, "waiting");
    await stage.picture(ada.page, "waiting");
    await ada.context.setOffline(false);
    await ada.hasSent("written offline");
    await ada.hasSent("and another");
    await ben.sees("written offline");
    await ben.sees("and another");
    same((await ben.texts()).slice(-2), ["written offline", "and another"], "the order");
  },

  async "a message whose answer is lost is stored once"(stage) {
    const { ada, ben } = stage.people;
    let tries = 0;
    // Without the stream, the list and the history, which may come after the page is written in, only an answer can tell that it is stored.
    for (const path of [STREAM, LIST, HISTORY]) await ada.page.route(path, (route) => route.abort());
    await ada.page.reload();
    await ada.page.route(SEND, async (route) => {
      tries += 1;
      if (tries > 2) return route.continue();
      await route.fetch();
      return route.abort();
    });
    await ada.write("answer lost");
    await until(() => tries === 3, "it is tried again");
    await ada.hasSent("answer lost");
    for (const path of [SEND, STREAM, LIST, HISTORY]) await ada.page.unroute(path);
    await ada.page.reload();
    await ada.isIn();
    await ada.sees("answer lost");
    await ben.sees("answer lost");
  },

  async "a message that the stream tells of needs no answer"(stage) {
    const { ada, ben } = stage.people;
    await ada.page.route(SEND, async (route) => {
      await route.fetch();
      return route.abort();
    });
    await ada.write("told by the stream");
    await ada.hasSent("told by the stream");
    // A page with something unsent would ask whether to go.
    await ada.page.reload();
    await ada.page.unroute(SEND);
    await ada.isIn();
    await ada.sees("told by the stream");
    await ben.sees("told by the stream");
  },

  async "what a stream missed is caught up"(stage) {
    const { ada, ben } = stage.people;
    // Offline would not do: the browser leaves a stream alone that is open, and what a page hears it reads.
    await ada.page.close();
    await ben.write("said while Ada was away");
    await ben.hasSent("said while Ada was away");
    ada.page = await ada.context.newPage();
    await ada.visit();
    await until(async () => (await ada.unread(ben)) === 1, "one unread");
    await ada.open(ben);
    await ada.sees("said while Ada was away");
  },

  async "a message that is refused says why and gives its text back"(stage) {
    const { ada } = stage.people;
    const long = "x".repeat(8_001);
    await ada.write(long);
    await ada.page.getByText("Not sent. It must be at most 8,000 characters.").waitFor();
    await stage.checkAccess(ada.page, "a refused message");
    await stage.picture(ada.page, "refused");
    await ada.page.getByRole("button", { name: "Edit" }).click();
    same((await ada.page.getByRole("textbox").inputValue()).length, 8_001, "the text is back");
    await ada.page.getByRole("textbox").fill("");
  },

  async "a list that cannot be read says so and offers another try"(stage) {
    const { ada, ben } = stage.people;
    // On a device on which nothing is kept yet.
    const page = await stage.newPage(ada, { prepare: (made) => made.route(LIST, (route) => route.abort()) });
    await page.goto("/#/");
    await page.getByText("No conversations to show").waitFor();
    await stage.checkAccess(page, "no list");
    await stage.picture(page, "problem");
    await page.unroute(LIST);
    await page.getByRole("button", { name: "Try again" }).click({ timeout: 500 }).catch(() => {
      // It may have tried by itself meanwhile.
    });
    await ada.row(ben, page).waitFor();
    await page.context().close();
  },

  async "a page that cannot ask who is there says so, and goes on by itself"(stage) {
    const { ada, ben } = stage.people;
    const prepare = async (made) => {
      // Nor does it remember.
      await made.addInitScript(() => localStorage.clear());
      await made.route(WHO, (route) => route.abort());
    };
    const page = await stage.newPage(ada, { prepare });
    await page.getByText("No connection").waitFor();
    await stage.checkAccess(page, "no connection");
    await stage.picture(page, "no-connection");
    await page.unroute(WHO);
    await page.goto("/#/");
    await ada.row(ben, page).waitFor();
    await page.context().close();
  },

  async "an address of no conversation explains itself"(stage) {
    const { ada } = stage.people;
    await ada.page.goto("/#/conversation/00000000-0000-4000-8000-000000000000");
    await ada.page.getByText("There is no such conversation").waitFor();
    await stage.checkAccess(ada.page, "no such conversation");
    await ada.page.goto("/#/");
  },

  async "a session that has ended leads to the log-in, and what was written waits for whom it is from"(stage) {
    const { ada, ben } = stage.people;
    await ada.context.clearCookies();
    await ada.page.getByRole("link", { name: "People", exact: true }).click();
    await ada.page.reload();
    await ada.page.getByRole("heading", { name: "Log in" }).waitFor();
    await ada.logIn();
    await ada.isIn();
    await ada.page.goto("/#/");
    await ada.open(ben);
    // Whichever call is the first to learn that the session has ended: by then it is written.
    let end = () => {};
    const ended = new Promise((resolve) => (end = resolve));
    const lost = async (route) => {
      await ended;
      await route.abort();
    };
    await ada.page.route(SEND, lost, { times: 1 });
    await ada.write("written as the session ended");
    await ada.page.locator("[data-status=waiting]").getByText("written as the session ended", { exact: true }).waitFor();
    await ada.context.clearCookies();
    end();
    await ada.page.getByRole("heading", { name: "Log in" }).waitFor();
    await stage.picture(ada.page, "session-ended");
    await ada.logIn();
    await ada.isIn();
    await ada.hasSent("written as the session ended");
    await ben.sees("written as the session ended");
    await ada.page.goto("/#/");
  },
};
