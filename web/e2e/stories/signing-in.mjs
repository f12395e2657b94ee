// Getting in: first mistakes, then two accounts.
import { same } from "../browser.mjs";

export const signingIn = {
  async "a stranger is asked to log in"(stage) {
    const ada = await stage.newPerson("Ada");
    stage.people.ada = ada;
    await ada.visit();
    await ada.page.getByRole("heading", { name: "Log in" }).waitFor();
    same(await ada.page.title(), "Log in · Confab", "title");
    same(await ada.page.evaluate(() => document.activeElement?.id), "email", "focus");
    await stage.checkAccess(ada.page, "log in");
    await stage.picture(ada.page, "log-in");
  },

  async "the link in a letter leads to a new password, and its code does not stay in the address"(stage) {
    const { page } = stage.people.ada;
    const code = "a".repeat(43);
    await page.goto(`/#/reset-password/${code}`);
    await page.getByRole("heading", { name: "A new password" }).waitFor();
    same(await page.evaluate(() => location.hash), "#/", "address");
    same(await page.getByLabel("Code from the letter").inputValue(), code, "code");
    same(await page.evaluate(() => document.activeElement?.getAttribute("autocomplete")), "new-password", "focus");
    await stage.checkAccess(page, "link of a letter");
    await stage.picture(page, "letter-reset");
    await page.getByLabel("New password").fill("correct horse battery");
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByRole("button", { name: "Not now" }).click();
    await page.getByRole("heading", { name: "Log in" }).waitFor();
  },

  async "what is wrong stands at its field"(stage) {
    const { page, ...ada } = stage.people.ada;
    await page.getByRole("button", { name: "Sign up" }).click();
    await page.getByRole("button", { name: "Create account" }).click();
    same(await page.getByText("Please fill this in.").count(), 3, "empty fields");
    await stage.people.ada.fill({ Name: ada.name, "E-mail address": ada.email, Password: "short" });
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("Password must be at least 8 characters.").waitFor();
    same(await page.evaluate(() => document.activeElement?.id), "password", "focus");
    same(await page.getByLabel("Password", { exact: true }).getAttribute("aria-invalid"), "true", "aria-invalid");
    await stage.checkAccess(page, "sign up with a complaint");
    await stage.picture(page, "sign-up-complaint");
  },

  async "two people sign up"(stage) {
    stage.people.ben = await stage.newPerson("Ben");
    await Promise.all([stage.people.ada.signUp(), stage.people.ben.signUp()]);
    await stage.people.ada.page.getByText("No conversations yet").waitFor();
    await stage.checkAccess(stage.people.ada.page, "no conversations");
    await stage.picture(stage.people.ada.page, "empty");
  },

  async "an address has one account, whatever its case"(stage) {
    const { ada } = stage.people;
    const twin = await stage.newPerson("Twin");
    twin.email = ada.email.toUpperCase();
    await twin.visit();
    await twin.page.getByRole("button", { name: "Sign up" }).click();
    await twin.fill({ Name: twin.name, "E-mail address": twin.email, Password: twin.password });
    await twin.page.getByRole("button", { name: "Create account" }).click();
    await twin.page.getByText("There is an account with this address already.").waitFor();
    await twin.context.close();
  },

  async "a wrong password does not get in, the right one does"(stage) {
    const { ada } = stage.people;
    await ada.logOut();
    await ada.page.getByRole("heading", { name: "Log in" }).waitFor();
    await ada.logIn("not my password");
    await ada.page.getByText("The e-mail address or the password is wrong.").waitFor();
    await stage.checkAccess(ada.page, "wrong password");
    await stage.picture(ada.page, "wrong-password");
    await ada.logIn();
    await ada.isIn();
  },
};
