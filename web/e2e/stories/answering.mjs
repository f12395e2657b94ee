// Answers, people who are meant, links, and what is said again elsewhere.
import { same, until } from "../browser.mjs";

const TEAM = { name: "The difference team" };

export const answering = {
  async "an answer shows what it answers, for both"(stage) {
    const { ada, ben } = stage.people;
    await ada.find(ben);
    await ada.write("Shall we use brass or steel?");
    await ben.open(ada);
    await ben.act("Shall we use brass or steel?", "Reply");
    await ben.page.getByText("Reply to", { exact: false }).first().waitFor();
    await stage.checkAccess(ben.page, "answering");
    await stage.picture(ben.page, "answering");
    await ben.write("Brass, it does not rust.");
    for (const person of [ada, ben]) {
      await person.sees("Brass, it does not rust.");
      await person.bubble("Brass, it does not rust.").getByRole("button", { name: /Shall we use brass or steel\?/ }).waitFor();
    }
    same(await ben.page.getByRole("button", { name: "Stop replying" }).count(), 0, "the next is no answer");
    await stage.checkAccess(ada.page, "an answer");
    await stage.picture(ada.page, "answer");
  },

  async "a press on what was answered goes there, also after a reload"(stage) {
    const { ada, ben } = stage.people;
    for (let count = 1; count <= 55; count += 1) await ada.type(`between ${count}`);
    await ada.hasSent("between 55");
    await ben.act("between 55", "Reply");
    await ben.page.getByRole("button", { name: "Stop replying" }).click();
    await ada.page.reload();
    await ada.sees("between 55");
    await ada.scrollTo("Brass, it does not rust.");
    await ada.bubble("Brass, it does not rust.").getByRole("button", { name: /Shall we use/ }).click();
    const row = ada.message("Shall we use brass or steel?");
    await until(() => row.evaluate((element) => element === document.activeElement), "what was answered has the focus");
  },

  async "what was answered and then deleted is not shown any more"(stage) {
    const { ada, ben } = stage.people;
    await ada.scrollTo("Shall we use brass or steel?");
    await ada.act("Shall we use brass or steel?", "Delete");
    await ada.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await ada.bubble("Brass, it does not rust.").getByText("This message was deleted.").waitFor();
    await ben.page.reload();
    await ben.scrollTo("Brass, it does not rust.");
    await ben.bubble("Brass, it does not rust.").getByText("This message was deleted.").waitFor();
  },

  async "a link leads out, and only a link to the web"(stage) {
    const { ada, ben } = stage.people;
    await ada.write("See https://example.org/loom?x=1, not javascript:alert(1).");
    await ben.page.getByRole("button", { name: /new$|To the end/ }).click();
    const link = ben.page.getByRole("log").getByRole("link");
    await link.waitFor();
    same(await link.getAttribute("href"), "https://example.org/loom?x=1", "where it leads");
    same(await link.getAttribute("rel"), "noopener noreferrer nofollow", "what the other page learns");
    same(await link.getAttribute("target"), "_blank", "beside this page");
    await stage.checkAccess(ben.page, "a link");
  },

  async "a message can be said again elsewhere, with the name of who said it"(stage) {
    const { ada, ben } = stage.people;
    await ben.write("Then brass it is.");
    await ada.page.getByRole("link", { name: "People", exact: true }).click();
    await ada.page.getByRole("button", { name: "New group" }).click();
    const dialog = ada.page.getByRole("dialog", { name: "New group" });
    await dialog.getByLabel("Name", { exact: true }).fill(TEAM.name);
    await dialog.getByRole("searchbox").fill(ben.name);
    await dialog.getByRole("checkbox", { name: ben.name }).check();
    await dialog.getByRole("button", { name: "Make the group" }).click();
    await ada.heading(TEAM);
    await ada.page.getByRole("link", { name: /^Chats/ }).click();
    await ada.open(ben);
    await ada.act("Then brass it is.", "Forward");
    const forward = ada.page.getByRole("dialog", { name: "Forward to" });
    await forward.getByRole("searchbox").fill("difference");
    await stage.checkAccess(ada.page, "forwarding");
    await stage.picture(ada.page, "forwarding");
    await forward.getByRole("button", { name: TEAM.name }).click();
    await forward.waitFor({ state: "detached" });
    await ben.open(TEAM);
    await ben.sees("Then brass it is.");
    await ben.bubble("Then brass it is.").getByText("Forwarded from you").waitFor();
    await ada.open(TEAM);
    await ada.bubble("Then brass it is.").getByText(`Forwarded from ${ben.name}`).waitFor();
  },

  async "an @ offers names, and who is meant sees it"(stage) {
    const { ada, ben } = stage.people;
    const field = ada.page.getByRole("textbox");
    await field.click();
    await ada.page.keyboard.type("What do you think, @be");
    await ada.page.getByRole("option", { name: ben.name }).waitFor();
    await stage.checkAccess(ada.page, "names to choose from");
    await stage.picture(ada.page, "mentioning");
    await ada.page.keyboard.press("Enter");
    same(await field.inputValue(), `What do you think, @${ben.name} `, "the field");
    await ada.page.keyboard.type("?");
    await ada.page.keyboard.press("Enter");
    await ben.page.getByRole("log").locator("strong", { hasText: `@${ben.name}` }).waitFor();
    await stage.checkAccess(ben.page, "a mention");
    await stage.picture(ben.page, "mention");
    await ada.open(ben);
    await ben.open(ada);
  },
};
