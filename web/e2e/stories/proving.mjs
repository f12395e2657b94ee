// Signing up where a letter proves first that the address is one's own (--sign-up-proof letter).
import { same, until } from "../browser.mjs";
import { codeIn, linkIn, postBox } from "../post-box.mjs";

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const CODE = "Code from the letter";
const WRONG = "This code is not for this address, was used already, or is older than an hour.";

/** Brings a password along from elsewhere, as programs that keep passwords do. */
async function paste({ page, password }) {
  const [elsewhere, field] = [page.getByLabel("Name", { exact: true }), page.getByLabel("Password", { exact: true })];
  await elsewhere.fill(password);
  await elsewhere.press("ControlOrMeta+a");
  await elsewhere.press("ControlOrMeta+x");
  await field.press("ControlOrMeta+v");
  same([await elsewhere.inputValue(), await field.inputValue()], ["", password], "what was pasted");
}

/** Fills the form in as far as it goes without a letter, and returns the letter that comes then. */
async function askFor(person) {
  const { page, name, email } = person;
  await person.visit();
  await page.getByRole("button", { name: "Sign up" }).click();
  await paste(person);
  await person.fill({ Name: name, "E-mail address": email });
  await create(page);
  await page.getByText("A letter with a code is on its way to you.").waitFor();
  return (await postBox()).letter(email, "Sign up");
}

function create(page) {
  return page.getByRole("button", { name: "Create account" }).click();
}

/** Tries a code, and waits until the page says that it is none; what was typed is still there. */
async function isRefused({ page, name, email, password }, code) {
  await page.getByLabel(CODE).fill(code);
  await create(page);
  await page.getByRole("alert").getByText(WRONG).waitFor();
  const values = await Promise.all(["Name", "E-mail address", "Password", CODE].map((label) => page.getByLabel(label, { exact: true }).inputValue()));
  same(values, [name, email, password, code], "what was typed");
}

export const proving = {
  async "nobody has an account before they have typed the code of the letter"(stage) {
    const ida = await stage.newPerson("Ida");
    stage.people.ida = ida;
    const letter = await askFor(ida);
    const { page } = ida;
    await until(() => page.getByLabel(CODE).evaluate((field) => field === document.activeElement), "the cursor is where the code goes");
    await create(page);
    await page.getByText("Please fill this in.").waitFor();
    await isRefused(ida, "a".repeat(43));
    await stage.checkAccess(page, "a sign-up with a wrong code");
    await stage.picture(page, "proving-wrong");
    await page.getByLabel(CODE).fill(` ${codeIn(letter)} `);
    await create(page);
    await ida.isIn();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("region", { name: "You", exact: true }).getByText("Confirmed", { exact: true }).waitFor();
    same((await postBox()).to(ida.email).length, 1, "the letters until now: there is nothing left to confirm");
    stage.used = letter;
  },

  async "a code that was used is none, neither for the same address nor for another"(stage) {
    const { ida } = stage.people;
    const ole = await stage.newPerson("Ole");
    stage.people.ole = ole;
    stage.unused = await askFor(ole);
    await isRefused(ole, codeIn(stage.used));
    // Whoever has it, has Ida's address and a password of their own.
    const thief = await stage.newPerson("Ida");
    Object.assign(thief, { email: ida.email });
    await thief.page.goto(linkIn(stage.used));
    await thief.fill({ Name: thief.name, "E-mail address": thief.email, Password: thief.password });
    await isRefused(thief, codeIn(stage.used));
    await thief.page.getByRole("button", { name: "Log in", exact: true }).click();
    await thief.logIn();
    await thief.page.getByText("The e-mail address or the password is wrong.").waitFor();
    await thief.context.close();
    await ida.logOut();
    await ida.logIn();
    await ida.isIn();
    await ida.context.close();
  },

  async "the link in the letter brings the code along, on a phone, and it is good for its address alone"(stage) {
    const { ole } = stage.people;
    const other = ole.email;
    const phone = await stage.newPerson("Ole", PHONE);
    await phone.page.goto(linkIn(stage.unused));
    await phone.page.getByRole("heading", { name: "Sign up" }).waitFor();
    same(new URL(phone.page.url()).hash, "#/", "what is left of the code in the address");
    same(await phone.page.getByLabel(CODE).inputValue(), codeIn(stage.unused), "the code in the form");
    await phone.fill({ Name: phone.name, "E-mail address": phone.email, Password: phone.password });
    await isRefused(phone, codeIn(stage.unused));
    phone.email = other;
    await phone.fill({ "E-mail address": other });
    await stage.checkAccess(phone.page, "a sign-up by the link of a letter");
    await stage.picture(phone.page, "phone-proving");
    await phone.page.getByRole("button", { name: "Create account" }).tap();
    await phone.isIn();
    // The form that is still open on the other screen has nothing to offer any more.
    await isRefused(ole, codeIn(stage.unused));
    await ole.context.close();
    await phone.context.close();
  },
};
