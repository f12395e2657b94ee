// A group through everything that can happen to it: in the end every screen shows what the server has.
import { same, until } from "../browser.mjs";
import { openDoor } from "../door.mjs";
import { ask } from "../wire.mjs";
import { comesBack } from "./outage.mjs";
import { BLUE, GREEN, pngFile, RED } from "../pixels.mjs";
import { beside, choose } from "./pictures.mjs";

const PAGE = 100;
const CREW = { name: "Night shift" };

/** All messages of a conversation as the server has them, the oldest first, in the words of `Person.everything`. */
async function logged(page, conversationId) {
  const messages = [];
  let token = "";
  do {
    const answer = await ask(page, `/v1/conversations/${conversationId}/messages?pageSize=${PAGE}&pageToken=${encodeURIComponent(token)}`);
    messages.push(...answer.messages);
    token = answer.nextPageToken ?? "";
  } while (token !== "");
  const rows = messages.map(({ seq, text = "", deleteTime, reactions = [], attachments = [] }) => ({
    seq: Number(seq),
    text,
    isDeleted: deleteTime !== undefined && deleteTime !== null,
    reactions: reactions.map(({ emoji, count }) => `${emoji}${count}`).sort(),
    files: attachments.length,
  }));
  return rows.sort((a, b) => a.seq - b.seq);
}

/** Reacts with one of the emoji that are at hand. */
async function react(person, text, emoji) {
  await person.act(text, emoji);
}

async function reply(person, text, words) {
  await person.act(text, "Reply");
  await person.page.getByText("Reply to").first().waitFor();
  await person.page.getByRole("textbox").fill(words);
  await person.page.keyboard.press("Enter");
  await person.hasSent(words);
}

async function details(person) {
  const panel = person.page.getByRole("complementary", { name: "Details" });
  if ((await panel.count()) === 0) await person.page.getByRole("button", { name: "Details", exact: true }).click();
  await panel.waitFor();
  return panel;
}

export const concord = {
  async "three people in a group, one with two tabs, one on a phone behind a net of its own"(stage) {
    stage.net = await openDoor(stage.url);
    const kim = await stage.newPerson("Kim");
    const lou = await stage.newPerson("Lou", { viewport: { width: 360, height: 740 }, baseURL: stage.net.url });
    const mia = await stage.newPerson("Mia");
    Object.assign(stage.people, { kim, lou, mia });
    await Promise.all([kim, lou, mia].map((person) => person.signUp()));
    await kim.page.getByRole("link", { name: "People", exact: true }).click();
    await kim.page.getByRole("button", { name: "New group" }).click();
    const dialog = kim.page.getByRole("dialog", { name: "New group" });
    await dialog.getByLabel("Name", { exact: true }).fill(CREW.name);
    for (const other of [lou, mia]) {
      await dialog.getByRole("searchbox").fill(other.name);
      await dialog.getByRole("checkbox", { name: other.name }).check();
    }
    await dialog.getByRole("button", { name: "Make the group" }).click();
    await kim.heading(CREW);
    await Promise.all([lou, mia].map((person) => person.open(CREW)));
    stage.tab = await kim.context.newPage();
    await stage.tab.goto(kim.page.url());
    await kim.heading(CREW, stage.tab);
    // A browser hardly draws the tab that is behind.
    await kim.page.bringToFront();
  },

  async "pictures, answers, emoji and edits come to all of them"(stage) {
    const { kim, lou, mia } = stage.people;
    await kim.write("Who has the keys?");
    await Promise.all([lou, mia].map((person) => person.sees("Who has the keys?")));
    await reply(mia, "Who has the keys?", "Lou has them.");
    await choose(kim, pngFile("lamp.png", RED, BLUE), pngFile("door.png", GREEN, RED));
    await beside(kim, 2);
    await kim.write("Two pictures of the door");
    await lou.sees("Two pictures of the door");
    await react(mia, "Two pictures of the door", "heart");
    await react(kim, "Lou has them.", "thumbs up");
    await mia.write("I wil oil it.");
    await mia.hasSent("I wil oil it.");
    await mia.page.keyboard.press("ArrowUp");
    await mia.page.getByRole("textbox", { name: "Edit the message" }).fill("I will oil it.");
    await mia.page.keyboard.press("Enter");
    await Promise.all([kim.sees("I will oil it."), kim.sees("I will oil it.", stage.tab), lou.sees("I will oil it.")]);
    await stage.tab.bringToFront();
    await kim.write("to be taken back", stage.tab);
    await mia.sees("to be taken back");
    await kim.page.bringToFront();
    await kim.act("to be taken back", "Delete");
    await kim.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await Promise.all([lou, mia].map((person) => person.page.getByRole("log").getByText("This message was deleted.").waitFor()));
  },

  async "one is cut off, one is taken out, and both come back"(stage) {
    const { kim, lou, mia } = stage.people;
    stage.net.shut();
    await lou.write("written in the lift");
    await lou.page.locator("[data-status=waiting]").getByText("written in the lift", { exact: true }).waitFor();
    const panel = await details(kim);
    await panel.getByRole("button", { name: `Actions for ${mia.name}` }).click();
    await kim.page.getByRole("menuitem", { name: "Remove from the group" }).click();
    await kim.page.getByRole("dialog", { name: `Remove ${mia.name}?` }).getByRole("button", { name: "Remove" }).click();
    await mia.page.getByText("There is no such conversation").waitFor();
    await kim.write("said while two were away");
    await kim.hasSent("said while two were away");
    await react(kim, "I will oil it.", "party");
    await kim.act("Who has the keys?", "Pin");
    stage.net.open();
    await comesBack(lou.page);
    await lou.sees("said while two were away");
    await lou.hasSent("written in the lift");
    await panel.getByRole("button", { name: "Add people" }).click();
    const dialog = kim.page.getByRole("dialog", { name: "Add people" });
    await dialog.getByRole("searchbox").fill(mia.name);
    await dialog.getByRole("checkbox", { name: mia.name }).check();
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await panel.getByRole("button", { name: "Close the details" }).click();
    await mia.open(CREW);
    await mia.write("back again");
    await Promise.all([kim.sees("back again"), kim.sees("back again", stage.tab), lou.sees("back again")]);
  },

  async "in the end all screens show what the server has"(stage) {
    const { kim, lou, mia } = stage.people;
    const log = await logged(kim.page, kim.page.url().split("/").at(-1));
    same([log.length >= 8, log.some(({ isDeleted }) => isDeleted), log.some(({ files }) => files === 2), log.filter(({ reactions }) => reactions.length > 0).length], [true, true, true, 3], "what happened");
    for (const [who, page] of [[kim, kim.page], [kim, stage.tab], [lou, lou.page], [mia, mia.page]]) {
      await until(async () => JSON.stringify(await who.everything(page)) === JSON.stringify(log), `${who.name} sees what the server has`).catch(async (error) => {
        throw new Error(`${error.message}: ${JSON.stringify(await who.everything(page))} is not ${JSON.stringify(log)}`);
      });
    }
    await stage.checkAccess(lou.page, "a group on a phone");
    await stage.picture(lou.page, "phone-concord");
    await stage.picture(kim.page, "concord");
    await Promise.all([kim, lou, mia].map(({ context }) => context.close()));
    await stage.net.remove();
  },
};
