// Finding what was said, and going there.
import { same, until } from "../browser.mjs";

const FAR = "The needle is under the third loom.";

async function search(person, query) {
  await person.page.goto("/#/");
  await person.page.getByRole("searchbox").fill(query);
  return person.page.getByRole("list", { name: "Messages found" }).getByRole("link");
}

export const searching = {
  async "what was said long ago is found by its words"(stage) {
    const { ada, ben } = stage.people;
    await ada.find(ben);
    await ada.write(FAR);
    await ada.hasSent(FAR);
    for (let count = 1; count <= 60; count += 1) await ada.type(`filler ${count}`);
    await ada.hasSent("filler 60");
    await until(async () => (await (await search(ben, "NEEDLE third")).count()) === 1, "it is found");
    await ben.page.getByRole("list", { name: "Messages found" }).getByText("needle").first().waitFor();
    same(await ben.page.locator("mark").allInnerTexts(), ["needle", "third"], "what stands out");
    await stage.checkAccess(ben.page, "a search");
    await stage.picture(ben.page, "search");
  },

  async "choosing it goes there, however far back it is"(stage) {
    const { ada, ben } = stage.people;
    const found = await search(ben, "needle");
    await found.first().click();
    await ben.heading(ada);
    await ben.sees(FAR);
    const row = ben.message(FAR);
    await until(() => row.evaluate((element) => element === document.activeElement), "it has the focus");
    await until(() => row.evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return top > 60 && bottom < innerHeight - 60;
    }), "it is in sight");
    await stage.picture(ben.page, "found");
    await ben.page.getByRole("button", { name: /new$|To the end/ }).click();
    await ben.page.getByRole("log").getByText("filler 60", { exact: true }).waitFor();
    // The same again, from where one is now.
    await (await search(ben, "needle")).first().click();
    await until(() => row.evaluate((element) => element.getBoundingClientRect().top > 60), "it is in sight again");
  },

  async "a search can be narrowed"(stage) {
    const { ada, ben } = stage.people;
    const found = await search(ben, "needle");
    await until(async () => (await found.count()) === 1, "everything");
    await ben.page.getByRole("combobox", { name: "From" }).selectOption({ label: "From me" });
    await ben.page.getByText("No message has all these words.").waitFor();
    await ben.page.getByRole("combobox", { name: "From" }).selectOption({ label: ada.name });
    await until(async () => (await found.count()) === 1, "from Ada");
    await ben.page.getByRole("combobox", { name: "When" }).selectOption({ label: "Past day" });
    await until(async () => (await found.count()) === 1, "today");
    await ben.page.getByRole("button", { name: "With link" }).click();
    await ben.page.getByText("No message has all these words.").waitFor();
    await stage.checkAccess(ben.page, "a narrow search");
  },

  async "conversations are found by name, and the keyboard leads to the field"(stage) {
    const { ada, ben } = stage.people;
    // What was narrowed is forgotten with the search.
    await ben.page.getByRole("searchbox").fill("");
    await ben.page.keyboard.press("Control+k");
    await ben.page.keyboard.type(ada.name.toLowerCase().slice(0, -2));
    const found = ben.page.getByRole("region", { name: "Found" });
    await found.getByRole("link").filter({ hasText: ada.name }).first().waitFor();
    await ben.page.keyboard.press("Escape");
    same(await ben.page.getByRole("searchbox").inputValue(), "", "the field");
    await ben.row(ada).waitFor();
  },

  async "a line stands above what is new, and one can go there"(stage) {
    const { ada, ben } = stage.people;
    await ben.page.goto("/#/");
    await until(async () => (await ben.unread(ada)) === 0, "nothing unread");
    for (let count = 1; count <= 52; count += 1) await ada.type(`news ${count}`);
    await ada.hasSent("news 52");
    await until(async () => (await ben.unread(ada)) === 52, "all are unread");
    await ben.open(ada);
    await ben.page.getByRole("button", { name: "52 new messages" }).click();
    const row = ben.message("news 1");
    await until(() => row.evaluate((element) => element === document.activeElement), "the first of them has the focus");
    await row.getByText("New", { exact: true }).waitFor();
    await stage.checkAccess(ben.page, "what is new");
    await stage.picture(ben.page, "unread-line");
    await ben.page.goto("/#/");
    await ben.open(ada);
  },

  async "a search on a phone looks right in the dark"(stage) {
    const { ben } = stage.people;
    const phone = await stage.newPage(ben, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, colorScheme: "dark" });
    await phone.goto("/#/");
    await phone.getByRole("searchbox").fill("needle");
    await phone.getByRole("list", { name: "Messages found" }).getByRole("link").first().waitFor();
    await stage.checkAccess(phone, "a search on a phone in the dark");
    await stage.picture(phone, "phone-dark-search");
    await phone.context().close();
  },
};
