// What people notice of each other: who is there, who writes, who has read.
import { same, until } from "../browser.mjs";

export const noticing = {
  async "one sees who is there"(stage) {
    const { ada, ben } = stage.people;
    await ada.find(ben);
    await ada.write("Are you there?");
    await ben.open(ada);
    await ada.page.getByRole("region", { name: "Conversation", exact: true }).locator("header").getByText("Online", { exact: true }).waitFor();
    await ada.page.getByRole("link", { name: /^Chats/ }).click();
    await ada.row(ben).getByText("online").waitFor({ state: "attached" });
    await ada.open(ben);
  },

  async "one sees who is writing, in the conversation and in the list"(stage) {
    const { ada, ben } = stage.people;
    await ben.page.getByRole("textbox").fill("I am just");
    await ada.page.getByTestId("writing").getByText(`${ben.name} is writing…`).waitFor();
    await ada.row(ben).getByText("writing…").waitFor();
    await stage.checkAccess(ada.page, "somebody is writing");
    await stage.picture(ada.page, "writing");
    await ben.page.getByRole("textbox").fill("");
    await ada.page.getByTestId("writing").waitFor({ state: "detached" });
    await ben.page.getByRole("textbox").fill("I am.");
    await ada.page.getByTestId("writing").waitFor();
    await ben.page.keyboard.press("Enter");
    await ada.sees("I am.");
    await ada.page.getByTestId("writing").waitFor({ state: "detached" });
  },

  async "one sees what has become of what one said"(stage) {
    const { ada, ben } = stage.people;
    await ben.page.goto("/#/");
    await ada.write("Come and look at this.");
    const reach = ada.message("Come and look at this.").locator("[data-reach]");
    await until(async () => (await reach.getAttribute("data-reach")) === "delivered", "it is delivered");
    await stage.picture(ada.page, "delivered");
    await ben.open(ada);
    await until(async () => (await reach.getAttribute("data-reach")) === "read", "it is read");
    await stage.checkAccess(ada.page, "a message that was read");
    await ada.page.reload();
    await until(async () => (await reach.getAttribute("data-reach")) === "read", "it is read after a reload too");
  },

  async "what is read on one device is read on the other"(stage) {
    const { ada, ben } = stage.people;
    await ben.page.goto("/#/");
    const other = await stage.newPage(ben, { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
    await ada.write("On which of them?");
    await until(async () => (await ben.unread(ada, other)) === 1, "unread on the other device");
    await ben.open(ada);
    await until(async () => (await ben.unread(ada, other)) === 0, "read there too");
    same(await ben.unread(ada), 0, "unread where it was read");
    await stage.checkAccess(other, "the list on a phone");
    await other.context().close();
  },
};
