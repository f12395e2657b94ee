// Letters, by a real mail server: an address is proved, changed, and lets somebody in who has forgotten the password.
import { same } from "../browser.mjs";
import { codeIn, linkIn, postBox } from "../post-box.mjs";

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** Opens the settings, where the address is. */
async function addressOf(page) {
  await page.getByRole("link", { name: "Settings" }).click();
  const part = page.getByRole("region", { name: "You", exact: true });
  await part.getByRole("button", { name: "Change the address" }).waitFor();
  return part;
}

export const letters = {
  async "an address is proved with the code of the letter that comes to it"(stage) {
    const lea = await stage.newPerson("Lea");
    stage.people.lea = lea;
    await lea.signUp();
    const letter = await (await postBox()).letter(lea.email, "Confirm your e-mail address");
    const part = await addressOf(lea.page);
    await part.getByText("Not confirmed yet").waitFor();
    await part.getByRole("button", { name: "Send me a letter" }).click();
    await part.getByLabel("Code from the letter").fill(codeIn(letter));
    await part.getByRole("button", { name: "Confirm", exact: true }).click();
    await part.getByText("Confirmed", { exact: true }).waitFor();
  },

  async "the link in the letter does the same on a phone that nobody is logged in on, and only once"(stage) {
    const mia = await stage.newPerson("Mia");
    await mia.signUp();
    const link = linkIn(await (await postBox()).letter(mia.email, "Confirm your e-mail address"));
    const phone = await stage.newPerson("Phone", PHONE);
    for (const answer of ["Your address is confirmed", "Code is none that can (still) be used for this."]) {
      await phone.page.goto("about:blank");
      await phone.page.goto(link);
      await phone.page.getByRole("heading", { name: "Confirm your e-mail address" }).waitFor();
      same(new URL(phone.page.url()).hash, "#/", "what is left of the code in the address");
      await phone.page.getByRole("button", { name: "Confirm", exact: true }).tap();
      await phone.page.getByText(answer).waitFor();
    }
    await stage.checkAccess(phone.page, "a link of a letter that was used");
    const part = await addressOf(mia.page);
    await part.getByText("Confirmed", { exact: true }).waitFor();
    await phone.context.close();
    await mia.context.close();
  },

  async "another address is one's own with the code that goes there, and the old one is told"(stage) {
    const { lea } = stage.people;
    const { page } = lea;
    const box = await postBox();
    const [old, wanted] = [lea.email, lea.email.replace("@", ".new@")];
    const part = await addressOf(page);
    await part.getByRole("button", { name: "Change the address" }).click();
    const dialog = page.getByRole("dialog", { name: "Change the address" });
    await stage.checkAccess(page, "changing the address");
    await stage.picture(page, "change-address");
    await dialog.getByLabel("New e-mail address").fill(wanted);
    await dialog.getByLabel("Password", { exact: true }).fill("not my password");
    await dialog.getByRole("button", { name: "Send the letter" }).click();
    await dialog.getByText("It is wrong.").waitFor();
    await dialog.getByLabel("Password", { exact: true }).fill(lea.password);
    await dialog.getByRole("button", { name: "Send the letter" }).click();
    await dialog.getByLabel("Code from the letter").fill("a".repeat(43));
    await dialog.getByRole("button", { name: "Change the address now" }).click();
    await dialog.getByRole("alert").waitFor();
    await stage.checkAccess(page, "a wrong code of the new address");
    await stage.picture(page, "change-address-code");
    await dialog.getByLabel("Code from the letter").fill(codeIn(await box.letter(wanted, "Confirm your new e-mail address")));
    await dialog.getByRole("button", { name: "Change the address now" }).click();
    await part.getByText(wanted, { exact: true }).waitFor();
    await box.letter(old, "Your e-mail address was changed");
    await lea.logOut();
    await lea.logIn();
    await page.getByText("The e-mail address or the password is wrong.").waitFor();
    lea.email = wanted;
    await lea.logIn();
    await lea.isIn();
    await page.reload();
    await lea.isIn();
    same(await page.getByTestId("me").getAttribute("title"), wanted, "the address that the page shows");
  },

  async "with the link of a letter one sets a forgotten password anew, on a phone"(stage) {
    const { lea } = stage.people;
    const phone = await stage.newPerson("Phone", PHONE);
    await phone.visit();
    await phone.fill({ "E-mail address": lea.email });
    await phone.page.getByRole("button", { name: "Forgot your password?" }).tap();
    await phone.page.getByRole("button", { name: "Send the letter" }).tap();
    await phone.page.getByText("a letter with a code is on its way").waitFor();
    await phone.page.goto(linkIn(await (await postBox()).letter(lea.email, "A new password")));
    const old = lea.password;
    lea.password = `${old} once more`;
    await phone.fill({ "New password": lea.password });
    await phone.page.getByRole("button", { name: "Set the password" }).tap();
    await phone.page.getByText("Your new password is set").waitFor();
    await stage.checkAccess(phone.page, "a new password by the link of a letter");
    await stage.picture(phone.page, "phone-letter-password");
    await phone.page.getByRole("button", { name: "Go on" }).tap();
    await phone.fill({ "E-mail address": lea.email, Password: old });
    await phone.page.getByRole("button", { name: "Log in", exact: true }).tap();
    await phone.page.getByText("The e-mail address or the password is wrong.").waitFor();
    await phone.fill({ Password: lea.password });
    await phone.page.getByRole("button", { name: "Log in", exact: true }).tap();
    await lea.isIn(phone.page);
    // The old session has ended with the old password.
    await lea.page.getByText("Your session has ended.").waitFor();
    const part = await addressOf(phone.page);
    await part.getByRole("button", { name: "Change the address" }).tap();
    await stage.checkAccess(phone.page, "changing the address on a phone");
    await stage.picture(phone.page, "phone-change-address");
    await phone.context.close();
    await lea.context.close();
  },
};
