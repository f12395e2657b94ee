// Two people talk.
import { same, until } from "../browser.mjs";

export const chatting = {
  async "a search without a result says so"(stage) {
    const { page } = stage.people.ada;
    await page.getByRole("link", { name: "People", exact: true }).click();
    await page.getByRole("searchbox").fill("Nobody is called this");
    await page.getByText("Nobody found").waitFor();
    await stage.checkAccess(page, "nobody found");
  },

  async "people find each other by name, in any case"(stage) {
    const { ada, ben } = stage.people;
    const { page } = ada;
    await page.getByRole("searchbox").fill(ben.name.toUpperCase());
    await page.getByRole("list", { name: "People found" }).getByText(ben.name).waitFor();
    await stage.checkAccess(page, "people");
    await stage.picture(page, "people");
    // Nobody talks to themselves.
    await page.getByRole("searchbox").fill(ada.name);
    await page.getByText("Nobody found").waitFor();
    await ada.find(ben);
    await page.getByText("Nothing said yet", { exact: true }).first().waitFor();
    await stage.checkAccess(page, "an empty conversation");
  },

  async "a first message opens the conversation for both, and is counted"(stage) {
    const { ada, ben } = stage.people;
    await ada.write("Good morning, Ben!");
    await ada.hasSent("Good morning, Ben!");
    await until(async () => (await ben.unread(ada)) === 1, "one unread");
    await ada.write("Did the looms arrive?");
    await until(async () => (await ben.unread(ada)) === 2, "two unread");
    await until(async () => (await ben.page.title()) === "(2) Confab", "the title counts");
    await ben.row(ada).getByText("Did the looms arrive?").waitFor();
    await stage.checkAccess(ben.page, "unread");
    await stage.picture(ben.page, "unread");
  },

  async "opening a conversation reads it"(stage) {
    const { ada, ben } = stage.people;
    await ben.open(ada);
    await ben.sees("Did the looms arrive?");
    await until(async () => (await ben.unread(ada)) === 0, "nothing unread");
    await until(async () => (await ben.page.title()) === "Confab", "the title is calm again");
  },

  async "they talk live, in both directions, in one order"(stage) {
    const { ada, ben } = stage.people;
    await ben.write("They did. The first cards are punched already,\nand the second batch comes on Friday.");
    await ada.sees("They did. The first cards are punched already,\nand the second batch comes on Friday.");
    await ada.write("Wonderful. Then we can try the whole table on Monday.");
    await ben.sees("Wonderful. Then we can try the whole table on Monday.");
    await ben.write("I will oil everything before.");
    await ben.hasSent("I will oil everything before.");
    await stage.checkAccess(ben.page, "a conversation");
    await stage.picture(ben.page, "conversation");
    await Promise.all([ada.write("from one side"), ben.write("from the other")]);
    await Promise.all([ada.sees("from the other"), ben.sees("from one side"), ada.hasSent("from one side"), ben.hasSent("from the other")]);
    await until(async () => JSON.stringify(await ada.texts()) === JSON.stringify(await ben.texts()), "both see the same order");
  },

  async "shift and enter make a new line, enter alone sends"(stage) {
    const { page } = stage.people.ben;
    await page.getByRole("textbox").fill("one");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two");
    await page.keyboard.press("Enter");
    await stage.people.ada.sees("one\ntwo");
    same(await page.getByRole("textbox").inputValue(), "", "the field");
  },

  async "what is hostile is only text"(stage) {
    const { ada, ben } = stage.people;
    const hostile = `<img src=x onerror="document.title='owned'"><script>alert(1)</script> javascript:alert(1) \u202Eevil 🎉 👩‍👩‍👧`;
    await ada.write(hostile);
    await ben.sees(hostile);
    same(await ben.page.getByRole("log").locator("img, script, a").count(), 0, "elements made from text");
  },

  async "a reload keeps everything"(stage) {
    const { ada, ben } = stage.people;
    const before = await ben.texts();
    await ben.page.getByRole("textbox").fill("begun, not sent");
    await ben.page.reload();
    await ben.heading(ada);
    await until(async () => (await ben.texts()).length === before.length, "all messages are back");
    same(await ben.texts(), before, "after the reload");
    same(await ben.page.getByRole("textbox").inputValue(), "begun, not sent", "the draft");
    await ben.page.getByRole("textbox").fill("");
    same(await ben.unread(ada), 0, "unread after the reload");
  },

  async "history goes back page by page"(stage) {
    const { ada, ben } = stage.people;
    const before = (await ada.allTexts()).length;
    for (let count = 1; count <= 45; count += 1) await ada.type(`line ${count}`);
    await ben.sees("line 45");
    await ben.page.reload();
    await ben.sees("line 45");
    await until(async () => (await ben.unread(ada)) === 0, "nothing unread");
    const all = await ben.allTexts();
    same(all.length, before + 45, "how many there are");
    same(all, await ada.allTexts(), "the whole history");
  },
};
