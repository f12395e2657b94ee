// Three people in a group: made, led, renamed, left.
import { same, until } from "../browser.mjs";

const LOOMS = { name: "Looms and engines" };
const RENAMED = { name: "The engine room" };

/** Opens the details of a conversation, unless they are open. */
async function details(person) {
  const panel = person.page.getByRole("complementary", { name: "Details" });
  if ((await panel.count()) === 0) await person.page.getByRole("button", { name: "Details", exact: true }).click();
  await panel.waitFor();
  return panel;
}

export const grouping = {
  async "a group needs a name, and is made of people found by theirs"(stage) {
    const { ada, ben } = stage.people;
    const dora = await stage.newPerson("Dora");
    stage.people.dora = dora;
    await dora.signUp();
    await ada.page.getByRole("link", { name: "People", exact: true }).click();
    await ada.page.getByRole("button", { name: "New group" }).click();
    const dialog = ada.page.getByRole("dialog", { name: "New group" });
    await dialog.getByRole("button", { name: "Make the group" }).click();
    await dialog.getByText("Please give it a name.").waitFor();
    await dialog.getByLabel("Name", { exact: true }).fill("x".repeat(101));
    await dialog.getByRole("button", { name: "Make the group" }).click();
    await dialog.getByText("It must be at most 100 characters.").waitFor();
    await dialog.getByLabel("Name", { exact: true }).fill(LOOMS.name);
    for (const other of [ben, dora]) {
      await dialog.getByRole("searchbox").fill(other.name);
      await dialog.getByRole("checkbox", { name: other.name }).check();
    }
    await dialog.getByRole("button", { name: `Remove ${dora.name}` }).waitFor();
    await stage.checkAccess(ada.page, "a new group");
    await stage.picture(ada.page, "new-group");
    await dialog.getByRole("button", { name: "Make the group" }).click();
    await ada.heading(LOOMS);
    await ada.page.getByText("3 members").first().waitFor();
  },

  async "everybody in it hears everybody, and sees who it was"(stage) {
    const { ada, ben, dora } = stage.people;
    await ada.write("Welcome, you two.");
    await Promise.all([ben.open(LOOMS), dora.open(LOOMS)]);
    await Promise.all([ben.sees("Welcome, you two."), dora.sees("Welcome, you two.")]);
    await ben.write("Good to be here!");
    await dora.sees("Good to be here!");
    await dora.write("When do we begin?");
    await ada.sees("When do we begin?");
    await ada.row(LOOMS).getByText(`${dora.name}: When do we begin?`).waitFor();
    await dora.act("Welcome, you two.", "party");
    await ada.reactions("Welcome, you two.").getByRole("button", { name: /^party, 1/ }).waitFor();
    await ada.message("When do we begin?").getByText(new RegExp(`Read by .*${ben.name}`)).waitFor({ state: "attached" });
    await stage.checkAccess(ada.page, "a group");
    await stage.picture(ada.page, "group");
  },

  async "its owner says who leads it"(stage) {
    const { ada, ben } = stage.people;
    const panel = await details(ada);
    await panel.getByRole("list", { name: "Members" }).getByText("Owner").waitFor();
    same(await panel.getByRole("list", { name: "Members" }).getByRole("listitem").count(), 3, "members");
    await panel.getByRole("button", { name: `Actions for ${ben.name}` }).click();
    await stage.checkAccess(ada.page, "the menu of a member");
    await ada.page.getByRole("menuitem", { name: "Make admin" }).click();
    await panel.getByRole("list", { name: "Members" }).getByText("Admin").waitFor();
    await stage.checkAccess(ada.page, "details");
    await stage.picture(ada.page, "group-details");
  },

  async "an admin renames it for all"(stage) {
    const { ada, ben, dora } = stage.people;
    const panel = await details(ben);
    await panel.getByRole("button", { name: "Edit" }).click();
    const dialog = ben.page.getByRole("dialog", { name: "Edit the group" });
    await dialog.getByLabel("Name", { exact: true }).fill(RENAMED.name);
    await dialog.getByLabel("What it is about").fill("Cards, looms, and what the engine does with them.");
    await stage.checkAccess(ben.page, "editing a group");
    await dialog.getByRole("button", { name: "Save" }).click();
    await Promise.all([ada, ben, dora].map((person) => person.heading(RENAMED)));
    await ada.page.getByText("Cards, looms, and what the engine does with them.").waitFor();
    await ada.page.getByRole("log").getByText(`${ben.name} named the group ${RENAMED.name}`).waitFor();
    same(await (await details(dora)).getByRole("button", { name: "Edit" }).count(), 0, "a member may not");
  },

  async "who is removed sees nothing more, and can be added again"(stage) {
    const { ada, ben, dora } = stage.people;
    const panel = await details(ada);
    await panel.getByRole("button", { name: `Actions for ${dora.name}` }).click();
    await ada.page.getByRole("menuitem", { name: "Remove from the group" }).click();
    const question = ada.page.getByRole("dialog", { name: `Remove ${dora.name}?` });
    await stage.checkAccess(ada.page, "removing somebody");
    await question.getByRole("button", { name: "Remove" }).click();
    await dora.page.getByText("There is no such conversation").waitFor();
    await ben.write("said while Dora was out");
    await ada.sees("said while Dora was out");
    await panel.getByRole("button", { name: "Add people" }).click();
    const dialog = ada.page.getByRole("dialog", { name: "Add people" });
    await dialog.getByRole("searchbox").fill(dora.name);
    await dialog.getByRole("checkbox", { name: dora.name }).check();
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await dora.open(RENAMED);
    await dora.sees("said while Dora was out");
    // What happened before she came back she reads from the server.
    for (const note of [`${ada.name} made the group`, `${ada.name} took ${dora.name} out`, `${ada.name} added ${dora.name}`]) await dora.page.getByRole("log").getByText(note).first().waitFor();
  },

  async "what is pinned stands in the details of all"(stage) {
    const { ada, dora } = stage.people;
    await ada.act("When do we begin?", "Pin");
    const panel = await details(dora);
    await panel.getByRole("region", { name: "Pinned messages" }).getByText("When do we begin?").waitFor();
    await stage.checkAccess(dora.page, "pinned messages");
  },

  async "a muted conversation is quiet, and can be heard again"(stage) {
    const { ben } = stage.people;
    const panel = await details(ben);
    await panel.getByRole("button", { name: "Mute", exact: true }).click();
    await ben.page.getByRole("menuitem", { name: "For 8 hours" }).click();
    await panel.getByText(/^Muted until/).waitFor();
    await ben.row(RENAMED).getByText("muted").waitFor({ state: "attached" });
    await stage.checkAccess(ben.page, "a muted group");
    await panel.getByRole("button", { name: "Unmute" }).click();
    await ben.row(RENAMED).getByText("muted").waitFor({ state: "detached" });
  },

  async "an archived conversation comes back when somebody says something"(stage) {
    const { ada, ben, dora } = stage.people;
    const panel = await details(dora);
    await panel.getByRole("button", { name: "Archive" }).click();
    await dora.row(RENAMED).waitFor({ state: "detached" });
    await dora.page.getByRole("link", { name: "Archived (1)" }).click();
    const archive = dora.page.getByRole("navigation", { name: "Archived conversations" });
    await archive.getByText(RENAMED.name).waitFor();
    await stage.checkAccess(dora.page, "the archive");
    await dora.page.getByRole("link", { name: "Back to all" }).click();
    await ben.write("anybody there?");
    await ada.sees("anybody there?");
    await dora.row(RENAMED).waitFor();
    await until(async () => (await dora.unread(RENAMED)) === 1, "one unread");
  },

  async "on a phone the details cover the conversation"(stage) {
    const { ada } = stage.people;
    const phone = await stage.newPage(ada, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, colorScheme: "dark" });
    await phone.getByRole("button", { name: "Details", exact: true }).tap();
    await phone.getByRole("complementary", { name: "Details" }).getByText("3 members").waitFor();
    await stage.checkAccess(phone, "details on a phone in the dark");
    await stage.picture(phone, "phone-dark-details");
    await phone.getByRole("button", { name: "Close the details" }).tap();
    await stage.checkAccess(phone, "a group on a phone in the dark");
    await stage.picture(phone, "phone-dark-group");
    await phone.context().close();
  },

  async "who leaves is gone, and the last owner cannot"(stage) {
    const { ada, ben, dora } = stage.people;
    const leave = async (person) => {
      await (await details(person)).getByRole("button", { name: "Leave the group" }).click();
      const question = person.page.getByRole("dialog", { name: "Leave the group?" });
      await question.getByRole("button", { name: "Leave" }).click();
      return question;
    };
    await leave(ben);
    await ben.row(RENAMED).waitFor({ state: "detached" });
    const question = await leave(ada);
    await question.getByRole("alert").waitFor();
    await stage.picture(ada.page, "last-owner");
    await question.getByRole("button", { name: "Cancel" }).click();
    await (await details(ada)).getByText("2 members").waitFor();
    await (await details(ada)).getByRole("button", { name: "Close the details" }).click();
    await dora.page.goto("/#/");
    // Back to where the other stories go on.
    await ada.find(ben);
    await ben.find(ada);
  },
};
