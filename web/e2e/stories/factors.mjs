// A second factor: set up, asked for at the log-in and for what could do harm, and turned off.
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { same, until } from "../browser.mjs";

/** What an authenticator app shows (RFC 6238): of the secret in base32, `steps` of 30 s from now. */
function shown(secret, steps) {
  const bits = [...secret].map((char) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac("sha1", key).update(counter).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** Opens the settings, where the second factor is. */
async function factorsOf(person, page = person.page) {
  await page.getByRole("link", { name: "Settings" }).click();
  const part = page.getByRole("region", { name: "Second factor" });
  await part.waitFor();
  return part;
}

/** Shows a password or a code where the page asks who is there. */
async function prove(page, values) {
  const question = page.getByRole("dialog", { name: "Is it you?" });
  for (const [label, value] of Object.entries(values)) await question.getByLabel(label, { exact: true }).fill(value);
  await question.getByRole("button", { name: "Go on" }).click();
  return question;
}

/** Reads the codes, which are shown once, and says that they are kept. */
async function keepCodes(stage, page) {
  const shownOnce = page.getByRole("dialog", { name: "Your recovery codes" });
  await until(async () => (await shownOnce.getByRole("listitem").count()) === 10, "ten recovery codes");
  const codes = await shownOnce.getByRole("listitem").allInnerTexts();
  await stage.checkAccess(page, "recovery codes");
  await stage.picture(page, "recovery-codes");
  const [file] = await Promise.all([page.waitForEvent("download"), shownOnce.getByRole("button", { name: "Download" }).click()]);
  same(await readFile(await file.path(), "utf8"), `${codes.join("\n")}\n`, "the file");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await shownOnce.getByRole("button", { name: "I have kept them" }).click();
  await shownOnce.waitFor({ state: "detached" });
  return codes;
}

/** What the people of this story know. */
const known = {};

export const factors = {
  async "a second factor is set up by whoever knows the password, with a code of the app"(stage) {
    const fay = await stage.newPerson("Fay");
    stage.people.fay = fay;
    await fay.signUp();
    const part = await factorsOf(fay);
    await part.getByRole("button", { name: "Set up an app" }).click();
    await fay.page.getByRole("dialog", { name: "Is it you?" }).waitFor();
    await stage.checkAccess(fay.page, "a step-up");
    const question = await prove(fay.page, { Password: "not my password" });
    await question.getByText("This is not your password.").waitFor();
    await stage.picture(fay.page, "step-up");
    await prove(fay.page, { Password: fay.password });
    const dialog = fay.page.getByRole("dialog", { name: "Set up an app" });
    await dialog.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
    known.secret = (await dialog.getByTestId("secret").innerText()).replaceAll(" ", "");
    await stage.checkAccess(fay.page, "setting up an app");
    await stage.picture(fay.page, "set-up-app");
    await dialog.getByLabel("Code", { exact: true }).fill("000 000");
    await dialog.getByRole("button", { name: "Turn on" }).click();
    await dialog.getByText("This code is wrong, or was used already.").waitFor();
    known.used = shown(known.secret, 0);
    await dialog.getByLabel("Code", { exact: true }).fill(known.used);
    await dialog.getByRole("button", { name: "Turn on" }).click();
    known.codes = await keepCodes(stage, fay.page);
    await part.getByText("You have 10 recovery codes left").waitFor();
  },

  async "who has a second factor is asked for it, and gets in with it"(stage) {
    const { fay } = stage.people;
    await fay.logOut();
    await fay.logIn();
    await fay.page.getByRole("heading", { name: "One more step" }).waitFor();
    await stage.checkAccess(fay.page, "a second step");
    await stage.picture(fay.page, "second-step");
    // The code that was used already, then one for the next half minute, which an app whose clock is ahead shows.
    await fay.fill({ Code: known.used });
    await fay.page.getByRole("button", { name: "Log in", exact: true }).click();
    await fay.page.getByText("This code is wrong, or was used already.").waitFor();
    await fay.fill({ Code: shown(known.secret, 1) });
    await fay.page.getByRole("button", { name: "Log in", exact: true }).click();
    await fay.isIn();
    await fay.logOut();
    await fay.logIn();
    await fay.fill({ Code: known.codes[0] });
    await fay.page.getByRole("button", { name: "Log in", exact: true }).click();
    await fay.isIn();
  },

  async "new recovery codes need a code of old, and take their place"(stage) {
    const { fay } = stage.people;
    const part = await factorsOf(fay);
    await part.getByText("You have 9 recovery codes left").waitFor();
    await part.getByRole("button", { name: "New recovery codes" }).click();
    const sure = fay.page.getByRole("dialog", { name: "New recovery codes" });
    await stage.checkAccess(fay.page, "making new codes");
    await sure.getByRole("button", { name: "Make new codes" }).click();
    await stage.picture(fay.page, "step-up-code");
    // Whoever would rather not is back where they were.
    await fay.page.getByRole("dialog", { name: "Is it you?" }).getByRole("button", { name: "Cancel" }).click();
    await sure.getByRole("button", { name: "Make new codes" }).click();
    await prove(fay.page, { Code: known.codes[1] });
    const codes = await keepCodes(stage, fay.page);
    same(codes.some((code) => known.codes.includes(code)), false, "an old code among the new");
    await part.getByText("You have 10 recovery codes left").waitFor();
  },

  async "setting an app up fits on a phone in the dark, and the factor is turned off"(stage) {
    const { fay } = stage.people;
    const part = await factorsOf(fay);
    await part.getByRole("button", { name: "Turn off" }).click();
    const sure = fay.page.getByRole("dialog", { name: "Turn the second factor off?" });
    await stage.checkAccess(fay.page, "turning the factor off");
    await sure.getByRole("button", { name: "Turn off" }).click();
    await part.getByRole("button", { name: "Set up an app" }).waitFor();
    const phone = await stage.newPage(fay, { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, colorScheme: "dark" });
    const onPhone = await factorsOf(fay, phone);
    await onPhone.getByRole("button", { name: "Set up an app" }).tap();
    const dialog = phone.getByRole("dialog", { name: "Set up an app" });
    await dialog.or(phone.getByRole("dialog", { name: "Is it you?" })).waitFor();
    if ((await dialog.count()) === 0) await prove(phone, { Password: fay.password });
    await dialog.getByRole("img").waitFor();
    await stage.checkAccess(phone, "setting up an app on a phone");
    await stage.picture(phone, "phone-dark-set-up-app");
    await phone.context().close();
    await fay.context.close();
  },
};
