// Logging in with who one is elsewhere: by oidc-provider, in processes of its own and on another site than the page.
import { giveAuthenticator } from "../authenticator.mjs";
import { same, until } from "../browser.mjs";
import { codeIn, postBox } from "../post-box.mjs";
import { providersOf } from "../providers.mjs";

const COMPANY = "The company";
const CLUB = "The club";

/** Says at a provider who one is, and that Confab may know it. */
async function signIn(page, { email, name }, { isConfirmed = true } = {}) {
  // The log-in of Confab, which is there until the provider's page has come, has such a field, too.
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Name").fill(name);
  if (isConfirmed) await page.getByLabel("The address is confirmed").check();
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Allow" }).click();
}

/** Goes from the log-in to a provider. */
function leaveFor(page, provider) {
  return page.getByRole("button", { name: `Log in with ${provider}` }).click();
}

/** Opens the settings, where the log-ins with others are. */
async function identitiesOf(page) {
  await page.getByRole("link", { name: "Settings" }).click();
  const part = page.getByRole("region", { name: "Linked log-ins" });
  await part.waitFor();
  return part;
}

/** Waits until the log-in says `words`, and nobody is in. */
async function isRefused(page, words) {
  await page.getByRole("alert").getByText(words).waitFor();
  await page.getByRole("heading", { name: "Log in" }).waitFor();
}

/** Nothing of the way there and back is to be found where others look. */
async function leavesNothing(page) {
  same(await page.evaluate(() => [location.pathname, location.search, sessionStorage.getItem("confab.provider")]), ["/", "", null], "what is left of the way");
}

export const providers = {
  async "a provider that is down is said to be, and everything else goes on"(stage) {
    stage.providers = providersOf(stage.url);
    const { company, club } = stage.providers;
    await company.start();
    stage.elsewhere = { others: [company.issuer, club.issuer] };
    const oda = await stage.newPerson("Oda", stage.elsewhere);
    stage.people.oda = oda;
    await oda.visit();
    await leaveFor(oda.page, CLUB);
    await isRefused(oda.page, "Whoever is to say who you are cannot be reached.");
    await stage.checkAccess(oda.page, "a log-in with a provider that is down");
    await stage.picture(oda.page, "provider-down");
    await club.start();
  },

  async "whoever comes from a provider for the first time has an account then"(stage) {
    const { oda } = stage.people;
    await leaveFor(oda.page, COMPANY);
    await signIn(oda.page, oda);
    await oda.isIn();
    await leavesNothing(oda.page);
    await oda.page.getByRole("link", { name: "Settings" }).click();
    await oda.page.getByRole("region", { name: "You", exact: true }).getByText("Confirmed", { exact: true }).waitFor();
  },

  async "the second time one press is enough, and a reload repeats nothing"(stage) {
    const { oda } = stage.people;
    await oda.logOut();
    await leaveFor(oda.page, COMPANY);
    await oda.isIn();
    await oda.page.reload();
    await oda.isIn();
    await leavesNothing(oda.page);
  },

  async "another provider leads to the same account if both sides have proved the address"(stage) {
    const { oda } = stage.people;
    await oda.logOut();
    await leaveFor(oda.page, CLUB);
    await signIn(oda.page, { email: oda.email.toUpperCase(), name: "Somebody else" });
    await oda.isIn();
    const list = (await identitiesOf(oda.page)).getByRole("list", { name: "Linked log-ins" });
    await until(async () => (await list.getByRole("listitem").count()) === 2, "both are linked");
    await list.getByRole("button", { name: `Unlink ${COMPANY}` }).waitFor();
    await stage.checkAccess(oda.page, "log-ins with others");
    await list.scrollIntoViewIfNeeded();
    await stage.picture(oda.page, "providers");
  },

  async "the only way in is not unlinked: there is no password to prove with that it is them"(stage) {
    const { oda } = stage.people;
    const { page } = oda;
    const part = await identitiesOf(page);
    await part.getByRole("button", { name: `Unlink ${COMPANY}` }).click();
    await page.getByRole("dialog", { name: `Unlink ${COMPANY}?` }).getByRole("button", { name: "Unlink" }).click();
    const question = page.getByRole("dialog", { name: "Is it you?" });
    await question.getByLabel("Password", { exact: true }).fill(oda.password);
    await question.getByRole("button", { name: "Go on" }).click();
    await question.getByText("This is not your password.").waitFor();
    await question.getByRole("button", { name: "Cancel" }).click();
    await page.reload();
    await until(async () => (await part.getByRole("listitem").count()) === 2, "both are linked still");
  },

  async "whoever has no password sets one by letter, and unlinks a provider with it"(stage) {
    const { oda } = stage.people;
    const { page } = oda;
    await oda.logOut();
    await oda.fill({ "E-mail address": oda.email });
    await page.getByRole("button", { name: "Forgot your password?" }).click();
    await page.getByRole("button", { name: "Send the letter" }).click();
    const letter = await (await postBox()).letter(oda.email, "A new password");
    await oda.fill({ "Code from the letter": codeIn(letter), "New password": oda.password });
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.getByText("Your new password is set").waitFor();
    await oda.logIn();
    await oda.isIn();
    const part = await identitiesOf(page);
    await part.getByRole("button", { name: `Unlink ${CLUB}` }).click();
    const sure = page.getByRole("dialog", { name: `Unlink ${CLUB}?` });
    await stage.checkAccess(page, "unlinking a provider");
    await stage.picture(page, "unlink");
    await sure.getByRole("button", { name: "Unlink" }).click();
    const question = page.getByRole("dialog", { name: "Is it you?" });
    await question.getByLabel("Password", { exact: true }).fill(oda.password);
    await question.getByRole("button", { name: "Go on" }).click();
    await part.getByRole("button", { name: `Link ${CLUB}`, exact: true }).waitFor();
    same(await part.getByRole("listitem").count(), 1, "what is linked");
  },

  async "who has a second factor is asked for it, by whichever way they come"(stage) {
    const { oda } = stage.people;
    const { page } = oda;
    await giveAuthenticator(page);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByRole("dialog", { name: "Add a passkey" }).getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "I have kept them" }).click();
    await oda.logOut();
    await leaveFor(page, COMPANY);
    await page.getByRole("heading", { name: "One more step" }).waitFor();
    await leavesNothing(page);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await oda.isIn();
    await oda.context.close();
  },

  async "an account whose address is not proved is linked by its owner, and by nobody else"(stage) {
    const pat = await stage.newPerson("Pat", stage.elsewhere);
    const { page } = pat;
    await pat.signUp();
    await pat.logOut();
    await leaveFor(page, COMPANY);
    await signIn(page, pat);
    await isRefused(page, "There is an account with your e-mail address; log in to it with the password");
    await stage.picture(page, "provider-link-needed");
    await pat.logIn();
    await pat.isIn();
    const part = await identitiesOf(page);
    await part.getByRole("button", { name: `Link ${COMPANY}`, exact: true }).click();
    const question = page.getByRole("dialog", { name: "Is it you?" });
    await question.getByLabel("Password", { exact: true }).fill(pat.password);
    await question.getByRole("button", { name: "Go on" }).click();
    // The provider knows them still, and sends them back at once.
    await part.getByRole("button", { name: `Unlink ${COMPANY}` }).waitFor();
    await leavesNothing(page);
    await pat.logOut();
    await leaveFor(page, COMPANY);
    await pat.isIn();
    await pat.context.close();
  },

  async "an address that the provider has not confirmed opens nothing"(stage) {
    const una = await stage.newPerson("Una", stage.elsewhere);
    await una.visit();
    await leaveFor(una.page, CLUB);
    await signIn(una.page, una, { isConfirmed: false });
    await isRefused(una.page, "The provider does not say that your e-mail address is yours");
    await leavesNothing(una.page);
    await una.context.close();
  },

  async "whoever says no at the provider is back at the log-in"(stage) {
    const ned = await stage.newPerson("Ned", stage.elsewhere);
    const { page } = ned;
    await ned.visit();
    await leaveFor(page, COMPANY);
    await page.getByRole("button", { name: "Cancel" }).click();
    await isRefused(page, "The company was told not to let you in here.");
    await leaveFor(page, COMPANY);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Refuse" }).click();
    await isRefused(page, "The company was told not to let you in here.");
    await leavesNothing(page);
    await ned.context.close();
  },

  async "a provider that goes down on the way back is said to be"(stage) {
    const { company } = stage.providers;
    const via = await stage.newPerson("Via", stage.elsewhere);
    const { page } = via;
    await via.visit();
    await leaveFor(page, COMPANY);
    // They have come back when it ends: it cannot be asked who they are.
    await page.route("**/FinishProviderLogIn", async (route) => {
      await company.stop();
      await route.continue();
    }, { times: 1 });
    await signIn(page, via);
    await isRefused(page, "Whoever is to say who you are cannot be reached.");
    await leavesNothing(page);
    await via.context.close();
  },

  async "whoever was not sent from this tab, or comes twice, is not let in"(stage) {
    const ivo = await stage.newPerson("Ivo", stage.elsewhere);
    const { page } = ivo;
    await page.goto(`/oidc?state=${"a".repeat(43)}&code=stolen`);
    await isRefused(page, "The log-in was not begun here, took too long, or is over");
    await leavesNothing(page);
    await page.goto("/oidc?error=access_denied");
    await isRefused(page, "This tab has not sent you anywhere to log in.");
    let back;
    page.on("request", (request) => {
      if (new URL(request.url()).pathname === "/oidc") back = request.url();
    });
    await leaveFor(page, CLUB);
    await signIn(page, ivo);
    await ivo.isIn();
    await ivo.logOut();
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    await page.goto(back);
    await isRefused(page, "The log-in was not begun here, took too long, or is over");
    await ivo.context.close();
  },

  async "on a phone, in the dark and in another language, the log-in shows every way"(stage) {
    const guest = await stage.newPerson("Guest", { locale: "de-DE", viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, colorScheme: "dark" });
    await guest.visit();
    await guest.page.getByRole("button", { name: "Anmelden mit The company" }).waitFor();
    await stage.checkAccess(guest.page, "every way in, in German");
    await stage.picture(guest.page, "phone-dark-log-in-german");
    await guest.context.close();
    await stage.providers.club.stop();
  },
};
