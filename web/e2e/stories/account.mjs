// One's account: what others see, who may come near, taking it along, and ending it.
import { readFile } from "node:fs/promises";
import { same, until } from "../browser.mjs";

/** Opens the settings. */
async function settings(person, page = person.page) {
  await page.getByRole("link", { name: "Settings" }).click();
  const panel = page.getByRole("region", { name: "Settings" });
  await panel.getByLabel("Name", { exact: true }).waitFor();
  return panel;
}

/** Shows the password where the page asks who is there. */
async function prove(person) {
  const question = person.page.getByRole("dialog", { name: "Is it you?" });
  await question.getByLabel("Password", { exact: true }).fill(person.password);
  await question.getByRole("button", { name: "Go on" }).click();
}

export const account = {
  async "one says what one does and where one lives, also after a reload"(stage) {
    const gil = await stage.newPerson("Gil");
    stage.people.gil = gil;
    await gil.signUp();
    const panel = await settings(gil);
    await panel.getByLabel("Status", { exact: true }).fill("Back on Monday");
    await panel.getByLabel("Time zone", { exact: true }).selectOption("Europe/Prague");
    await panel.getByRole("button", { name: "Save" }).click();
    await panel.getByRole("button", { name: "Save" }).waitFor({ state: "detached" });
    await gil.page.reload();
    await panel.getByLabel("Name", { exact: true }).waitFor();
    same(await panel.getByLabel("Status", { exact: true }).inputValue(), "Back on Monday", "the status");
    same(await panel.getByLabel("Time zone", { exact: true }).inputValue(), "Europe/Prague", "the time zone");
    await stage.checkAccess(gil.page, "the profile");
    await stage.picture(gil.page, "profile");
    await panel.getByLabel("Status", { exact: true }).fill("");
    await panel.getByRole("button", { name: "Save" }).click();
    await panel.getByRole("button", { name: "Save" }).waitFor({ state: "detached" });
    await gil.page.reload();
    await panel.getByLabel("Name", { exact: true }).waitFor();
    same(await panel.getByLabel("Status", { exact: true }).inputValue(), "", "the status when it was emptied");
  },

  async "who may come near is chosen, and remembered"(stage) {
    const { gil } = stage.people;
    const panel = await settings(gil);
    const choice = panel.getByRole("group", { name: "Who may write to me and bring me into groups" });
    await until(() => choice.getByLabel("Anybody").isChecked(), "anybody to begin with");
    // The page shows the choice before the server has it.
    await Promise.all([gil.page.waitForResponse((response) => response.url().endsWith("/SetContactPolicy")), choice.getByText("Nobody").click()]);
    await gil.page.reload();
    await choice.waitFor();
    await until(() => choice.getByLabel("Nobody").isChecked(), "nobody after a reload");
  },

  async "a server that sends no letters says so, in the settings and to who has forgotten the password"(stage) {
    const { gil } = stage.people;
    const panel = await settings(gil);
    await panel.getByText("Not confirmed yet").waitFor();
    await panel.getByRole("button", { name: "Send me a letter" }).click();
    await panel.getByText("This server sends no e-mail; ask those who run it.").waitFor();
    await stage.checkAccess(gil.page, "no letters");
    await stage.picture(gil.page, "no-letters");
    const lost = await stage.newPerson("Lost", { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, colorScheme: "dark" });
    await lost.visit();
    await lost.page.getByRole("button", { name: "Forgot your password?" }).tap();
    await lost.page.getByRole("heading", { name: "A new password" }).waitFor();
    await lost.fill({ "E-mail address": gil.email });
    await lost.page.getByRole("button", { name: "Send the letter" }).tap();
    await lost.page.getByText("This server sends no e-mail; ask those who run it.").waitFor();
    await stage.checkAccess(lost.page, "a forgotten password");
    await stage.picture(lost.page, "phone-dark-forgotten");
    await lost.page.getByRole("button", { name: "I have a code already" }).tap();
    await lost.fill({ "Code from the letter": "not a code", "New password": "correct horse battery" });
    await lost.page.getByRole("button", { name: "Set the password" }).tap();
    await lost.page.getByRole("alert").waitFor();
    await stage.checkAccess(lost.page, "a wrong code of a letter");
    await stage.picture(lost.page, "phone-dark-reset");
    await lost.page.getByRole("button", { name: "Back to the log-in" }).tap();
    await lost.page.getByRole("heading", { name: "Log in" }).waitFor();
    await lost.context.close();
  },

  async "what is kept of one can be taken along, by whoever proves who they are"(stage) {
    const { gil } = stage.people;
    const panel = await settings(gil);
    await panel.getByRole("button", { name: "Download what is kept of me" }).click();
    const [file] = await Promise.all([gil.page.waitForEvent("download"), prove(gil)]);
    same(file.suggestedFilename(), "confab.zip", "the name of the file");
    const bytes = await readFile(await file.path());
    same([bytes.subarray(0, 2).toString(), bytes.includes("profile.json")], ["PK", true], "a zip file with the profile");
  },

  async "an account is deleted by whoever types which, and lets nobody in after that"(stage) {
    const { gil } = stage.people;
    const panel = await settings(gil);
    await panel.getByRole("button", { name: "Delete my account" }).click();
    const dialog = gil.page.getByRole("dialog", { name: "Delete your account?" });
    const button = dialog.getByRole("button", { name: "Delete it for ever" });
    same(await button.isDisabled(), true, "the button is off");
    await dialog.getByLabel("Type your e-mail address to go on").fill(gil.email);
    await stage.checkAccess(gil.page, "deleting the account");
    await stage.picture(gil.page, "delete-account");
    await button.click();
    await gil.page.getByRole("heading", { name: "Log in" }).waitFor();
    same(await gil.page.getByText("Your session has ended.").count(), 0, "it did not end by itself");
    await gil.logIn();
    await gil.page.getByRole("alert").waitFor();
    await gil.context.close();
  },
};
