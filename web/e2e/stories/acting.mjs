// What people do with messages: emoji, edits, pins, deletions.
import { same, until } from "../browser.mjs";

export const acting = {
  async "an emoji is on the message for both, and a press takes one's own back"(stage) {
    const { ada, ben } = stage.people;
    await ada.find(ben);
    await ada.write("How is it going?");
    await ben.open(ada);
    await ben.write("The engine runs.");
    await ada.sees("The engine runs.");
    await ada.act("The engine runs.", "thumbs up");
    const chip = ben.reactions("The engine runs.").getByRole("button", { name: /^thumbs up/ });
    await chip.waitFor();
    same(await chip.getAttribute("aria-pressed"), "false", "Ben's own");
    await chip.click();
    await ada.reactions("The engine runs.").getByRole("button", { name: /^thumbs up, 2: You and Ben/ }).waitFor();
    await stage.checkAccess(ada.page, "a reaction");
    await chip.click();
    await until(async () => (await chip.getAttribute("aria-label")).startsWith("thumbs up, 1"), "Ben takes it back");
  },

  async "the picker has more emoji, and works by keys alone"(stage) {
    const { ada, ben } = stage.people;
    await ada.message("The engine runs.").hover();
    await ada.message("The engine runs.").getByRole("button", { name: "Add a reaction" }).click();
    const field = ada.page.getByRole("combobox", { name: "Choose an emoji" });
    await ada.page.getByRole("option", { name: "grinning face", exact: true }).waitFor();
    await stage.checkAccess(ada.page, "the emoji picker");
    await stage.picture(ada.page, "emoji-picker");
    await field.fill("rocket");
    await ada.page.getByRole("option", { name: "rocket", exact: true }).waitFor();
    await ada.page.keyboard.press("Enter");
    await ben.reactions("The engine runs.").getByRole("button", { name: /^rocket, 1/ }).waitFor();
  },

  async "who reacted can be read"(stage) {
    const { ada } = stage.people;
    await ada.act("The engine runs.", "Who reacted");
    const dialog = ada.page.getByRole("dialog", { name: "Reactions" });
    await dialog.getByText(ada.name).first().waitFor();
    await stage.checkAccess(ada.page, "who reacted");
    await dialog.getByRole("button", { name: "Close" }).click();
  },

  async "the text of a message is copied, and so is the way to it"(stage) {
    const { ada } = stage.people;
    const { page } = ada;
    const field = page.getByRole("textbox");
    // Pasted, as people would: the page itself never reads what was copied.
    const pasted = async () => {
      await field.fill("");
      await field.press("Control+V");
      return field.inputValue();
    };
    await ada.act("The engine runs.", "Copy text");
    await page.getByText("Copied", { exact: true }).waitFor();
    same(await pasted(), "The engine runs.", "what was copied");
    await field.fill("");
    await ada.message("The engine runs.").focus();
    await page.keyboard.press("c");
    await until(async () => (await pasted()) === "The engine runs.", "a key copies, too");
    await ada.act("The engine runs.", "Copy link");
    await until(async () => /\/#\/conversation\/[\w-]+\/\d+$/.test(await pasted()), "the way to it is copied");
    await field.fill("");
  },

  async "the arrow up edits what one said last, and everybody sees it"(stage) {
    const { ada, ben } = stage.people;
    await ada.write("Lets see it on Mondey.");
    await ada.hasSent("Lets see it on Mondey.");
    await ada.page.keyboard.press("ArrowUp");
    const field = ada.page.getByRole("textbox", { name: "Edit the message" });
    same(await field.inputValue(), "Lets see it on Mondey.", "the field");
    await stage.checkAccess(ada.page, "editing");
    await stage.picture(ada.page, "editing");
    await field.fill("Let's see it on Monday.");
    await ada.page.keyboard.press("Enter");
    await ada.sees("Let's see it on Monday.");
    await ben.sees("Let's see it on Monday.");
    await ben.bubble("Let's see it on Monday.").getByText("edited").waitFor();
    await until(() => ada.page.evaluate(() => document.activeElement?.getAttribute("aria-label")?.startsWith("Message to")), "the focus is back in the field");
  },

  async "how it was put before can be read by both"(stage) {
    const { ben } = stage.people;
    await ben.act("Let's see it on Monday.", "Earlier versions");
    const dialog = ben.page.getByRole("dialog", { name: "Earlier versions" });
    await until(async () => (await dialog.getByRole("listitem").count()) === 2, "two versions");
    same(await dialog.getByRole("listitem").locator("p").allInnerTexts(), ["Let's see it on Monday.", "Lets see it on Mondey."], "the newest first");
    await stage.checkAccess(ben.page, "earlier versions");
    await stage.picture(ben.page, "versions");
    await dialog.getByRole("button", { name: "Close" }).click();
  },

  async "an edit that cannot be stored is kept, and can be tried again"(stage) {
    const { ada, ben } = stage.people;
    await ada.page.keyboard.press("ArrowUp");
    await ada.context.setOffline(true);
    await ada.page.getByRole("textbox").fill("Let's see it on Tuesday.");
    await ada.page.keyboard.press("Enter");
    await ada.page.getByText("Not changed. The server cannot be reached.").waitFor();
    await ada.context.setOffline(false);
    await ada.isOnline();
    await ada.page.getByRole("button", { name: "Save" }).click();
    await ben.sees("Let's see it on Tuesday.");
    await ada.sees("Let's see it on Tuesday.");
  },

  async "escape leaves an edit without a trace"(stage) {
    const { ada } = stage.people;
    await ada.page.getByRole("textbox").fill("");
    await ada.page.keyboard.press("ArrowUp");
    await ada.page.getByRole("textbox", { name: "Edit the message" }).fill("never mind");
    await ada.page.keyboard.press("Escape");
    await ada.sees("Let's see it on Tuesday.");
    same(await ada.page.getByRole("textbox").inputValue(), "", "the field");
  },

  async "a pin is seen by both"(stage) {
    const { ada, ben } = stage.people;
    await ben.act("Let's see it on Tuesday.", "Pin");
    await ada.bubble("Let's see it on Tuesday.").getByText("pinned").waitFor({ state: "attached" });
    await stage.picture(ben.page, "pinned");
    await ada.act("Let's see it on Tuesday.", "Unpin");
    await ben.bubble("Let's see it on Tuesday.").getByText("pinned").waitFor({ state: "detached" });
  },

  async "what others said can be neither edited nor deleted"(stage) {
    const { ada } = stage.people;
    await ada.menu("The engine runs.");
    const names = await ada.page.getByRole("menu").getByRole("menuitem").allInnerTexts();
    same(names.filter((name) => /Edit|Delete/.test(name)), [], "offered");
    await stage.checkAccess(ada.page, "the menu of a message");
    await stage.picture(ada.page, "message-menu");
    await ada.page.keyboard.press("Escape");
    await until(async () => (await ada.page.getByRole("menu").count()) === 0, "escape closes it");
  },

  async "keys alone lead to a message and through its menu"(stage) {
    const { ada, ben } = stage.people;
    await ada.write("one too many");
    await ben.sees("one too many");
    await ada.page.getByRole("log").focus();
    await ada.page.keyboard.press("ArrowUp");
    await until(() => ada.page.evaluate(() => document.activeElement?.textContent?.includes("one too many")), "the last message has the focus");
    await ada.page.keyboard.press("Enter");
    await ada.page.getByRole("menu").waitFor();
    await ada.page.keyboard.press("End");
    await ada.page.keyboard.press("Enter");
    const dialog = ada.page.getByRole("dialog", { name: "Delete this message?" });
    await dialog.getByText("one too many").waitFor();
    await stage.checkAccess(ada.page, "deleting");
    await stage.picture(ada.page, "deleting");
  },

  async "what is deleted is gone for both, after a question"(stage) {
    const { ada, ben } = stage.people;
    const dialog = ada.page.getByRole("dialog", { name: "Delete this message?" });
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await ada.sees("one too many");
    await ada.act("one too many", "Delete");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await dialog.waitFor({ state: "detached" });
    for (const page of [ada.page, ben.page]) {
      await page.getByRole("log").getByText("one too many").waitFor({ state: "detached" });
      await page.getByRole("log").getByText("This message was deleted.").last().waitFor();
    }
  },

  async "a finger that stays on a message opens its menu"(stage) {
    const { ada } = stage.people;
    const phone = await stage.newPage(ada, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    await phone.getByRole("log").getByText("The engine runs.").waitFor();
    const box = await phone.locator("[data-key]", { hasText: "The engine runs." }).locator("[data-bubble]").boundingBox();
    await stage.hold(phone, box.x + box.width / 2, box.y + box.height / 2);
    await phone.getByRole("menu").waitFor();
    await stage.checkAccess(phone, "the menu on a phone");
    await stage.picture(phone, "phone-menu");
    await phone.getByRole("menu").getByRole("menuitemcheckbox", { name: "heart" }).tap();
    await phone.getByRole("button", { name: /^heart, 1/ }).waitFor();
    await phone.context().close();
  },
};
