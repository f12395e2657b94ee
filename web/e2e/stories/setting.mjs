// What one can set, and keeping somebody away.
import { same, until } from "../browser.mjs";

async function settings(person) {
  await person.page.getByRole("link", { name: "Settings" }).click();
  const panel = person.page.getByRole("region", { name: "Settings" });
  await panel.waitFor();
  return panel;
}

function appearance(page) {
  return page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
}

export const setting = {
  async "light or dark is as one chooses, also after a reload"(stage) {
    const eve = await stage.newPerson("Eve");
    stage.people.eve = eve;
    await eve.signUp();
    const panel = await settings(eve);
    await panel.getByRole("list", { name: "Sessions" }).getByText("This device").waitFor();
    await stage.checkAccess(eve.page, "settings");
    await stage.picture(eve.page, "settings");
    await panel.getByText("Dark", { exact: true }).click();
    same(await appearance(eve.page), "dark", "the appearance");
    await eve.page.reload();
    await panel.getByRole("list", { name: "Sessions" }).getByText("This device").waitFor();
    same(await appearance(eve.page), "dark", "after a reload");
    await stage.checkAccess(eve.page, "settings in the dark");
    await stage.picture(eve.page, "dark-settings");
    await panel.getByText("System", { exact: true }).click();
    same(await appearance(eve.page), "light dark", "the system's again");
  },

  async "a name can be changed"(stage) {
    const { eve } = stage.people;
    const panel = await settings(eve);
    await panel.getByLabel("Name", { exact: true }).fill(`${eve.name} the Second`);
    await panel.getByRole("button", { name: "Save" }).click();
    await eve.page.getByTestId("me").getByText(`${eve.name} the Second`).waitFor();
    eve.name = `${eve.name} the Second`;
    await eve.page.reload();
    await eve.isIn();
  },

  async "Enter sends or begins a new line, as one chooses"(stage) {
    const { eve, ben } = stage.people;
    const panel = await settings(eve);
    const choice = panel.getByRole("switch", { name: "Enter sends" });
    same(await choice.getAttribute("aria-checked"), "true", "to begin with");
    await choice.click();
    await eve.find(ben);
    const field = eve.page.getByRole("textbox");
    await field.fill("above");
    await field.press("Enter");
    await eve.page.keyboard.type("below");
    same(await field.inputValue(), "above\nbelow", "the field");
    await field.press("Control+Enter");
    await eve.sees("above\nbelow");
    same(await field.inputValue(), "", "the field when it is sent");
    await eve.page.reload();
    await settings(eve);
    same(await choice.getAttribute("aria-checked"), "false", "after a reload");
    await choice.click();
    await eve.find(ben);
    await eve.write("and Enter sends again");
    await eve.hasSent("and Enter sends again");
  },

  async "hiding is remembered, and others do not see one"(stage) {
    const { eve } = stage.people;
    const panel = await settings(eve);
    await panel.getByRole("switch", { name: "Hide when I am online" }).click();
    await until(async () => (await panel.getByRole("switch", { name: "Hide when I am online" }).getAttribute("aria-checked")) === "true", "it is on");
    await eve.page.reload();
    await until(async () => (await panel.getByRole("switch", { name: "Hide when I am online" }).getAttribute("aria-checked")) === "true", "it is on after a reload");
    await panel.getByRole("switch", { name: "Hide when I am online" }).click();
    await until(async () => (await panel.getByRole("switch", { name: "Hide when I am online" }).getAttribute("aria-checked")) === "false", "it is off");
  },

  async "a password is changed by who knows it, and the other devices are out"(stage) {
    const { eve } = stage.people;
    const other = await stage.newPerson("Eve");
    Object.assign(other, { name: eve.name, email: eve.email, password: eve.password });
    await other.visit();
    await other.logIn();
    await other.isIn();
    const panel = await settings(eve);
    await eve.page.reload();
    const sessions = panel.getByRole("list", { name: "Sessions" }).getByRole("listitem");
    await until(async () => (await sessions.count()) === 2, "two sessions");
    await panel.getByRole("button", { name: "Change the password" }).click();
    const dialog = eve.page.getByRole("dialog", { name: "Change the password" });
    await dialog.getByLabel("Password now").fill("not my password");
    await dialog.getByLabel("New password").fill(`${eve.password} again`);
    await dialog.getByRole("button", { name: "Change", exact: true }).click();
    await until(async () => (await dialog.getByLabel("Password now").getAttribute("aria-invalid")) === "true", "the field complains");
    await stage.checkAccess(eve.page, "a wrong password");
    await stage.picture(eve.page, "change-password");
    await dialog.getByLabel("Password now").fill(eve.password);
    await dialog.getByRole("button", { name: "Change", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await other.page.reload();
    await other.page.getByRole("heading", { name: "Log in" }).waitFor();
    eve.password = `${eve.password} again`;
    other.password = eve.password;
    await other.logIn();
    await other.isIn();
    await eve.page.reload();
    await panel.getByRole("button", { name: /^Log out Chrome/ }).click();
    await eve.page.getByRole("dialog", { name: "Log out there?" }).getByRole("button", { name: "Log out" }).click();
    await until(async () => (await sessions.count()) === 1, "one session");
    await other.context.close();
  },

  async "who is blocked cannot write, and is heard again when one takes it back"(stage) {
    const { eve, ben } = stage.people;
    await eve.find(ben);
    await eve.write("Hello Ben.");
    await ben.open(eve);
    await ben.sees("Hello Ben.");
    await eve.page.getByRole("button", { name: "Details", exact: true }).click();
    await eve.page.getByRole("complementary", { name: "Details" }).getByRole("button", { name: "Block" }).click();
    const question = eve.page.getByRole("dialog", { name: `Block ${ben.name}?` });
    await stage.checkAccess(eve.page, "blocking");
    await question.getByRole("button", { name: "Block" }).click();
    await eve.page.getByText(`You have blocked ${ben.name}.`).waitFor();
    await stage.checkAccess(eve.page, "a blocked conversation");
    await stage.picture(eve.page, "blocked");
    await until(async () => {
      await ben.write("Can you hear me?");
      await ben.page.waitForTimeout(500);
      return (await ben.page.getByText(/^Not sent\./).count()) > 0;
    }, "Ben cannot write");
    await stage.picture(ben.page, "not-receiving");
    const panel = await settings(eve);
    await panel.getByRole("list", { name: "Blocked people" }).getByRole("button", { name: `Unblock ${ben.name}` }).click();
    await panel.getByText("You have blocked nobody.").waitFor();
    await ben.page.getByRole("button", { name: "Discard" }).first().click();
    await until(async () => {
      await ben.write("And now?");
      await ben.page.waitForTimeout(500);
      return (await ben.page.locator("[data-testid=mine][data-status=stored]").getByText("And now?").count()) > 0;
    }, "Ben can write again");
    while ((await ben.page.getByRole("button", { name: "Discard" }).count()) > 0) await ben.page.getByRole("button", { name: "Discard" }).first().click();
    await eve.context.close();
    await ben.find(stage.people.ada);
  },

  async "a question mark shows what the keyboard can do, unless one writes it"(stage) {
    const { ada, ben } = stage.people;
    await ada.page.goto("/#/");
    await ada.open(ben);
    await ada.page.getByRole("textbox").fill("");
    await ada.page.getByRole("textbox").press("?");
    same(await ada.page.getByRole("dialog").count(), 0, "while one writes");
    same(await ada.page.getByRole("textbox").inputValue(), "?", "the field");
    await ada.page.getByRole("textbox").fill("");
    await ada.page.getByRole("log").focus();
    await ada.page.keyboard.press("?");
    await ada.page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    await stage.checkAccess(ada.page, "shortcuts");
    await stage.picture(ada.page, "shortcuts");
    await ada.page.keyboard.press("Escape");
    await until(async () => (await ada.page.getByRole("dialog").count()) === 0, "escape closes it");
  },

  async "settings on a phone"(stage) {
    const { ada } = stage.people;
    const phone = await stage.newPage(ada, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    await phone.goto("/#/settings");
    await phone.getByRole("list", { name: "Sessions" }).getByText("This device").waitFor();
    await stage.checkAccess(phone, "settings on a phone");
    await stage.picture(phone, "phone-settings");
    await phone.context().close();
  },
};
