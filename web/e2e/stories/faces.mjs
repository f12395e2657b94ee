// What people look like: set, seen by others wherever they are shown, replaced and taken away.
import { same, until } from "../browser.mjs";
import { BLUE, GREEN, pngFile, RED, showsIn } from "../pixels.mjs";

const DESK = { width: 1100, height: 760 };
const PHONE = { width: 360, height: 740 };

/** Opens the settings, as far as they are about oneself. */
async function settings(person) {
  const { page } = person;
  await page.getByRole("link", { name: "Settings" }).click();
  const panel = page.getByRole("region", { name: "Settings" });
  await panel.getByLabel("Name", { exact: true }).waitFor();
  return panel;
}

/** Sets a picture in the settings. */
async function show(person, panel, file) {
  await panel.getByTestId("picture-chooser").setInputFiles([file]);
  const dialog = person.page.getByRole("dialog", { name: "Your picture" });
  await dialog.getByRole("button", { name: "Save" }).and(person.page.locator(":enabled")).click();
  await dialog.waitFor({ state: "detached" });
}

/** Opens the details beside the conversation. */
async function details(person) {
  await person.page.getByRole("button", { name: "Details", exact: true }).click();
  return person.page.getByRole("complementary", { name: "Details" });
}

/** Waits for a picture that has been drawn, and returns where it comes from. */
async function seen(image) {
  await image.waitFor();
  await until(() => image.evaluate(({ complete, naturalWidth }) => complete && naturalWidth > 0), "the picture is there");
  return image.getAttribute("src");
}

/** What the server answers about a picture: to whoever is signed in on a page, or to nobody. */
function answers(page, address, credentials) {
  return page.evaluate(async ([url, mode]) => (await fetch(url, { credentials: mode, cache: "no-store" })).status, [address, credentials]);
}

export const faces = {
  async "a picture is cut, shown to oneself, and seen wherever one is"(stage) {
    const fay = await stage.newPerson("Fay");
    const kip = await stage.newPerson("Kip");
    Object.assign(stage.people, { fay, kip });
    await Promise.all([fay.signUp(), kip.signUp()]);
    const panel = await settings(fay);
    await panel.getByLabel("Status", { exact: true }).fill("Back on Monday");
    await panel.getByLabel("Time zone", { exact: true }).selectOption("Asia/Tokyo");
    await panel.getByRole("button", { name: "Save" }).click();
    await panel.getByRole("button", { name: "Save" }).waitFor({ state: "detached" });
    await show(fay, panel, pngFile("me.png", RED, GREEN));
    await panel.getByRole("button", { name: "Remove the picture" }).waitFor();
    await seen(panel.locator("img"));
    await showsIn(panel.locator("img"), RED, GREEN);
    await seen(fay.page.locator("header", { has: fay.page.getByTestId("me") }).locator("img"));
    await stage.checkAccess(fay.page, "settings with a picture");
    await stage.picture(fay.page, "profile-picture");

    await fay.find(kip);
    await fay.write("Good morning from Tokyo");
    await kip.page.getByRole("link", { name: /^Chats/ }).click();
    await seen(kip.row(fay).locator("img"));
    await kip.open(fay);
    await seen(kip.page.locator("header", { has: kip.page.getByRole("heading", { name: fay.name }) }).locator("img"));
    await kip.page.getByRole("link", { name: "People", exact: true }).click();
    await kip.page.getByRole("searchbox").fill(fay.name.slice(0, -1));
    const found = kip.page.getByRole("list", { name: "People found" }).getByRole("button", { name: fay.name });
    await seen(found.locator("img"));
    await found.getByText("Back on Monday").waitFor();
  },

  async "the details say what somebody says of themselves, and what time it is there"(stage) {
    const { fay, kip } = stage.people;
    await kip.page.getByRole("link", { name: /^Chats/ }).click();
    await kip.open(fay);
    const panel = await details(kip);
    await panel.getByText("Back on Monday").waitFor();
    await panel.getByText(/^Local time: .*\(Asia\/Tokyo\)$/).waitFor();
    stage.firstFace = await seen(panel.locator("img"));
    await showsIn(panel.locator("img"), RED, GREEN);
    await stage.checkAccess(kip.page, "the details of a person");
    await stage.picture(kip.page, "person-details");
    await kip.page.emulateMedia({ colorScheme: "dark" });
    await kip.page.setViewportSize(PHONE);
    await stage.checkAccess(kip.page, "the details of a person, dark, on a phone");
    await stage.picture(kip.page, "person-details-dark-phone");
    await kip.page.setViewportSize(DESK);
    await kip.page.emulateMedia({ colorScheme: null });
    await panel.getByRole("button", { name: "Close the details" }).click();
    same(await answers(kip.page, stage.firstFace, "same-origin"), 200, "to others who are signed in");
    same(await answers(kip.page, stage.firstFace, "omit"), 401, "to whoever is not signed in");
    await fay.page.getByRole("link", { name: "Settings" }).waitFor();
  },

  async "in a group the picture stands beside what one says, and among the members"(stage) {
    const { fay, kip } = stage.people;
    const { page } = kip;
    await page.getByRole("link", { name: "People", exact: true }).click();
    await page.getByRole("button", { name: "New group" }).click();
    const form = page.getByRole("dialog", { name: "New group" });
    await form.getByLabel("Name", { exact: true }).fill("Tea house");
    await form.getByRole("searchbox").fill(fay.name);
    await form.getByRole("checkbox", { name: fay.name }).check();
    await form.getByRole("button", { name: "Make the group" }).click();
    await kip.heading({ name: "Tea house" });
    await fay.page.getByRole("link", { name: /^Chats/ }).click();
    await fay.open({ name: "Tea house" });
    await fay.write("Who has the kettle?");
    await kip.sees("Who has the kettle?");
    await seen(page.getByRole("log").locator("article", { hasText: "Who has the kettle?" }).locator("img"));
    const panel = await details(kip);
    const member = panel.getByRole("list", { name: "Members" }).getByRole("listitem").filter({ hasText: fay.name });
    await seen(member.locator("img"));
    await member.getByText("Back on Monday").waitFor();
    await stage.checkAccess(page, "members with pictures");
    await stage.picture(page, "members-with-pictures");
    await panel.getByRole("button", { name: "Close the details" }).click();
    await page.getByRole("textbox").click();
    await page.keyboard.type("@" + fay.name.slice(0, 2));
    await seen(page.getByRole("listbox").getByRole("option", { name: fay.name }).locator("img"));
    await page.getByRole("textbox").fill("");
  },

  async "a picture that is replaced is gone, and one that is taken away leaves the initials"(stage) {
    const { fay, kip } = stage.people;
    const panel = await settings(fay);
    await show(fay, panel, pngFile("me again.png", BLUE, RED));
    await until(async () => (await panel.locator("img").getAttribute("src")) !== stage.firstFace, "it is another one");
    await kip.page.getByRole("link", { name: /^Chats/ }).click();
    await kip.open(fay);
    const beside = await details(kip);
    await until(async () => (await beside.locator("img").getAttribute("src")) !== stage.firstFace, "the other sees another one");
    const second = await seen(beside.locator("img"));
    await showsIn(beside.locator("img"), BLUE, RED);
    same(await answers(kip.page, stage.firstFace, "same-origin"), 404, "what becomes of the one before");

    await panel.getByRole("button", { name: "Remove the picture" }).click();
    await panel.getByRole("button", { name: "Choose a picture" }).waitFor();
    await beside.getByRole("button", { name: "Close the details" }).click();
    await details(kip);
    await beside.locator("img").waitFor({ state: "detached" });
    same(await answers(kip.page, second, "same-origin"), 404, "what becomes of the one that was taken away");
  },
};
