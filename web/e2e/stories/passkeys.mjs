// Passkeys, by Chromium's own authenticator: added, used alone, beside the password and once more, named and removed.
import { giveAuthenticator } from "../authenticator.mjs";
import { same, until } from "../browser.mjs";

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, colorScheme: "dark" };
const CANCELLED = "No passkey was shown: that was cancelled, or took too long.";

/** Opens the settings, where the passkeys are. */
async function passkeysOf(page) {
  await page.getByRole("link", { name: "Settings" }).click();
  const part = page.getByRole("region", { name: "Passkeys" });
  await part.getByRole("button", { name: "Add a passkey" }).waitFor();
  return part;
}

/** Begins to add one. */
async function add(page, name) {
  await page.getByRole("region", { name: "Passkeys" }).getByRole("button", { name: "Add a passkey" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a passkey" });
  await dialog.getByLabel("What to call it").fill(name);
  await dialog.getByRole("button", { name: "Go on" }).click();
  return dialog;
}

/** Shows the password where the page asks who is there. */
async function prove({ page, password }) {
  const question = page.getByRole("dialog", { name: "Is it you?" });
  await question.getByLabel("Password", { exact: true }).fill(password);
  await question.getByRole("button", { name: "Go on" }).click();
  await question.waitFor({ state: "detached" });
}

/** Reads the codes that are shown once. */
async function keepCodes(page) {
  const dialog = page.getByRole("dialog", { name: "Your recovery codes" });
  await until(async () => (await dialog.getByRole("listitem").count()) === 10, "ten recovery codes");
  const codes = await dialog.getByRole("listitem").allInnerTexts();
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await dialog.waitFor({ state: "detached" });
  return codes;
}

/** What the people of this story know. */
const known = {};

export const passkeys = {
  async "a passkey is added by whoever knows the password, and recovery codes come with it"(stage) {
    const pia = await stage.newPerson("Pia");
    stage.people.pia = pia;
    await pia.signUp();
    known.authenticator = await giveAuthenticator(pia.page);
    const part = await passkeysOf(pia.page);
    await part.getByRole("button", { name: "Add a passkey" }).click();
    const dialog = pia.page.getByRole("dialog", { name: "Add a passkey" });
    same(await dialog.getByLabel("What to call it").inputValue(), "Chrome on Linux", "what it would be called");
    await stage.checkAccess(pia.page, "adding a passkey");
    await stage.picture(pia.page, "add-passkey");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await add(pia.page, "Pia's laptop");
    await prove(pia);
    known.codes = await keepCodes(pia.page);
    await part.getByRole("listitem").filter({ hasText: "Pia's laptop" }).getByText("Never used").waitFor();
    const factors = pia.page.getByRole("region", { name: "Second factor" });
    await factors.getByText("You have 10 recovery codes left").waitFor();
    await stage.checkAccess(pia.page, "passkeys");
    await part.scrollIntoViewIfNeeded();
    await stage.picture(pia.page, "passkeys");
    same((await known.authenticator.passkeys()).map(({ rpId, isResidentCredential }) => [rpId, isResidentCredential]), [["localhost", true]], "what the authenticator keeps");
  },

  async "a device that has one already makes no second one"(stage) {
    const { pia } = stage.people;
    const dialog = await add(pia.page, "Another");
    await dialog.getByText("There is a passkey for your account on this device already.").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    same((await known.authenticator.passkeys()).length, 1, "passkeys on the device");
  },

  async "with nothing but a passkey one logs in, also by the keyboard"(stage) {
    const { pia } = stage.people;
    await pia.logOut();
    const button = pia.page.getByRole("button", { name: "Log in with a passkey" });
    await button.waitFor();
    await stage.checkAccess(pia.page, "a log-in with passkeys");
    await stage.picture(pia.page, "log-in-passkey");
    await button.focus();
    await pia.page.keyboard.press("Enter");
    await pia.isIn();
    const part = await passkeysOf(pia.page);
    await part.getByText("Last used just now").waitFor();
  },

  async "whoever shows none is told so, and gets in otherwise"(stage) {
    const { pia } = stage.people;
    const { page } = pia;
    await pia.logOut();
    await known.authenticator.whileEmpty(async () => {
      await page.getByRole("button", { name: "Log in with a passkey" }).click();
      await page.getByText(CANCELLED).waitFor();
      await stage.checkAccess(page, "a log-in without the passkey");
      await stage.picture(page, "log-in-passkey-cancelled");
    });
    await known.authenticator.knowsOwner(false);
    await page.getByRole("button", { name: "Log in with a passkey" }).click();
    await until(async () => (await page.getByRole("button", { name: "Log in with a passkey" }).isEnabled()) && (await page.getByText(CANCELLED).count()) === 1, "a finger that it does not know opens nothing");
    await known.authenticator.knowsOwner(true);
    await pia.logIn();
    await page.getByRole("heading", { name: "One more step" }).waitFor();
    await pia.fill({ Code: known.codes[0] });
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await pia.isIn();
  },

  async "beside the password the passkey is asked for, and can be shown after all"(stage) {
    const { pia } = stage.people;
    const { page } = pia;
    await pia.logOut();
    await pia.logIn();
    await page.getByRole("heading", { name: "One more step" }).waitFor();
    await stage.checkAccess(page, "a second step with a passkey");
    await stage.picture(page, "second-step-passkey");
    await known.authenticator.whileEmpty(async () => {
      await page.getByRole("button", { name: "Use a passkey" }).click();
      await page.getByText(CANCELLED).waitFor();
    });
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await pia.isIn();
  },

  async "what could do harm takes a passkey in the place of a code"(stage) {
    const { pia } = stage.people;
    const { page } = pia;
    await passkeysOf(page);
    await page.getByRole("region", { name: "Second factor" }).getByRole("button", { name: "New recovery codes" }).click();
    await page.getByRole("dialog", { name: "New recovery codes" }).getByRole("button", { name: "Make new codes" }).click();
    const question = page.getByRole("dialog", { name: "Is it you?" });
    await question.waitFor();
    await stage.checkAccess(page, "a step-up with a passkey");
    await stage.picture(page, "step-up-passkey");
    await known.authenticator.whileEmpty(async () => {
      await question.getByRole("button", { name: "Use a passkey" }).click();
      await question.getByText(CANCELLED).waitFor();
    });
    await question.getByRole("button", { name: "Use a passkey" }).click();
    const codes = await keepCodes(page);
    same(codes.some((code) => known.codes.includes(code)), false, "an old code among the new");
  },

  async "it gets another name, which stays"(stage) {
    const { pia } = stage.people;
    const { page } = pia;
    const part = page.getByRole("region", { name: "Passkeys" });
    await part.getByRole("button", { name: "Rename Pia's laptop" }).click();
    const dialog = page.getByRole("dialog", { name: "Rename" });
    await stage.checkAccess(page, "renaming a passkey");
    await dialog.getByLabel("What to call it").fill("The old laptop");
    await dialog.getByRole("button", { name: "Save" }).click();
    await part.getByText("The old laptop").waitFor();
    await page.reload();
    await part.getByText("The old laptop").waitFor();
    same(await part.getByText("Pia's laptop").count(), 0, "the old name");
  },

  async "on a phone in the dark, whoever has the passkey there gets in"(stage) {
    const { pia } = stage.people;
    const phone = await stage.newPerson("Phone", PHONE);
    const authenticator = await giveAuthenticator(phone.page);
    await authenticator.replace(await known.authenticator.passkeys());
    await phone.visit();
    await phone.page.getByRole("button", { name: "Log in with a passkey" }).waitFor();
    await stage.checkAccess(phone.page, "a log-in with passkeys on a phone");
    await stage.picture(phone.page, "phone-dark-log-in-passkey");
    await phone.page.getByRole("button", { name: "Log in with a passkey" }).tap();
    await pia.isIn(phone.page);
    const part = await passkeysOf(phone.page);
    await part.getByText("The old laptop").waitFor();
    await part.scrollIntoViewIfNeeded();
    await stage.checkAccess(phone.page, "passkeys on a phone");
    await stage.picture(phone.page, "phone-dark-passkeys");
    // It counts what it signs, and one that has counted less is taken for a copy: the phone's goes on.
    await known.authenticator.replace(await authenticator.passkeys());
    await phone.context.close();
  },

  async "what is removed opens nothing any more"(stage) {
    const { pia } = stage.people;
    const { page } = pia;
    const part = page.getByRole("region", { name: "Passkeys" });
    await part.getByRole("button", { name: "Remove The old laptop" }).click();
    const sure = page.getByRole("dialog", { name: "Remove this passkey?" });
    await stage.checkAccess(page, "removing a passkey");
    await stage.picture(page, "remove-passkey");
    await sure.getByRole("button", { name: "Remove" }).click();
    await part.getByRole("listitem").waitFor({ state: "detached" });
    await page.getByRole("region", { name: "Second factor" }).getByText("With a second factor, a stolen password alone").waitFor();
    await pia.logOut();
    await page.getByRole("button", { name: "Log in with a passkey" }).click();
    await page.getByText("The passkey was not accepted; try again.").waitFor();
    await pia.logIn();
    await pia.isIn();
    await pia.context.close();
  },

  async "at an address that passkeys do not belong to, they are refused in words"(stage) {
    const astray = await stage.newPerson("Astray", { baseURL: stage.url.replace("localhost", "127.0.0.1") });
    await giveAuthenticator(astray.page);
    await astray.visit();
    await astray.page.getByRole("button", { name: "Log in with a passkey" }).click();
    await astray.page.getByText("The passkeys of this server do not work at this address.").waitFor();
    await stage.checkAccess(astray.page, "a wrong address");
    await astray.context.close();
  },

  async "a browser that knows no passkeys says so, and offers none"(stage) {
    const old = await stage.newPerson("Old");
    await old.context.addInitScript(() => {
      delete globalThis.PublicKeyCredential;
    });
    await old.visit();
    await old.page.getByRole("heading", { name: "Log in" }).waitFor();
    same(await old.page.getByRole("button", { name: "Log in with a passkey" }).count(), 0, "the way in by a passkey");
    await old.signUp();
    await old.page.getByRole("link", { name: "Settings" }).click();
    await old.page.getByRole("region", { name: "Passkeys" }).getByText("This browser cannot use passkeys here.").waitFor();
    same(await old.page.getByRole("button", { name: "Add a passkey" }).count(), 0, "the way to add one");
    await old.context.close();
  },
};
