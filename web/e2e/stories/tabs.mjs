// Several tabs of one browser.
import { same, until } from "../browser.mjs";
import { leftBehind } from "./keeping.mjs";

export const tabs = {
  async "the tabs of a browser share one stream"(stage) {
    const { ada, ben } = stage.people;
    await ada.page.reload();
    await ada.isIn();
    const before = ada.streams.length;
    const second = await ada.context.newPage();
    stage.second = second;
    await second.goto(ada.page.url());
    await ada.isIn(second);
    await ada.heading(ben, second);
    await ben.write("to both tabs");
    await Promise.all([ada.sees("to both tabs"), ada.sees("to both tabs", second)]);
    same(ada.streams.length - before, 0, "streams opened by the second tab");
  },

  async "a message from one tab is in the other"(stage) {
    const { ada, ben } = stage.people;
    await ada.write("written in the second", stage.second);
    await Promise.all([ada.sees("written in the second"), ada.sees("written in the second", stage.second), ben.sees("written in the second")]);
  },

  async "when the tab with the stream closes, another takes over"(stage) {
    const { ada, ben } = stage.people;
    const before = ada.streams.length;
    await ada.page.close();
    const begin = Date.now();
    ada.page = stage.second;
    await until(() => ada.streams.length === before + 1, "a new stream");
    if (Date.now() - begin > 2_000) throw new Error("it took more than 2 s");
    await ben.write("after the change");
    await ada.sees("after the change");
  },

  async "logging out logs out all tabs and leaves nothing behind"(stage) {
    const { ada } = stage.people;
    const other = await ada.context.newPage();
    await other.goto("/");
    await ada.isIn(other);
    await ada.page.bringToFront();
    await ada.page.getByRole("textbox").fill("a secret draft");
    await until(async () => (await leftBehind(other)).databases.length === 1, "something is kept");
    await ada.logOut();
    await ada.page.getByRole("heading", { name: "Log in" }).waitFor();
    const begin = Date.now();
    await other.getByRole("heading", { name: "Log in" }).waitFor();
    if (Date.now() - begin > 2_000) throw new Error("it took more than 2 s");
    for (const page of [ada.page, other]) {
      await until(async () => (await leftBehind(page)).databases.length === 0, "the databases are gone");
      same(await leftBehind(page), { storage: [], databases: [], caches: [] }, "what is left behind");
    }
    if (Date.now() - begin > 2_000) throw new Error("what was kept was there for more than 2 s");
    await ada.page.reload();
    await ada.page.getByRole("heading", { name: "Log in" }).waitFor();
    await other.close();
  },

  async "logging in again shows what was said"(stage) {
    const { ada, ben } = stage.people;
    await ada.logIn();
    await ada.isIn();
    await ada.open(ben);
    await ada.sees("after the change");
    same(await ada.page.getByRole("textbox").inputValue(), "", "the draft is gone");
  },
};
