// Phones, the dark, and people with long names.
import { same, until } from "../browser.mjs";
import { loadedBytes } from "../loaded.mjs";

/** Script and style of the first visit, compressed; and with what comes when one is signed in. */
const FIRST_LOAD_BYTES_MAX = 150_000;
const SIGNED_IN_BYTES_MAX = 200_000;

const ANSWER = "Twice. It hums like a hive. I am writing the notes up tonight and will send you the table of operations tomorrow.";
const PHONE = { width: 360, height: 740 };
/** A screen of 4K on which nothing is enlarged. */
const VAST = { width: 3840, height: 2160 };

export const looks = {
  async "a wide page shows everything at a glance"(stage) {
    const { ada, ben } = stage.people;
    const clara = await stage.newPerson("Clara");
    stage.people.clara = clara;
    await clara.signUp();
    await clara.find(ada);
    await clara.write("Have you seen the engine run?");
    await ada.page.getByRole("link", { name: /^Chats/ }).click();
    await ada.open(clara);
    await ada.write(ANSWER);
    await clara.sees(ANSWER);
    await ada.hasSent(ANSWER);
    await clara.write("Oh good. May I bring my sister?");
    await ada.sees("Oh good. May I bring my sister?");
    await ben.write("The drawings are on your desk.");
    await until(async () => (await ada.unread(ben)) === 1, "Ben is unread");
    await stage.checkAccess(ada.page, "two conversations");
    await stage.picture(ada.page, "overview");
    await ada.open(ben);
    await until(async () => (await ada.unread(ben)) === 0, "Ben is read");
  },

  async "a phone shows the list, then the conversation, and goes back"(stage) {
    const { ada, ben } = stage.people;
    const { page } = ada;
    await page.setViewportSize(PHONE);
    await page.goto("/#/");
    await ada.row(ben).waitFor();
    same(await page.getByRole("region", { name: "Conversation", exact: true }).isVisible(), false, "the conversation beside the list");
    await stage.checkAccess(page, "list on a phone");
    await stage.picture(page, "phone-list");
    await ada.open(ben);
    same(await page.getByRole("navigation", { name: "Conversations" }).isVisible(), false, "the list beside the conversation");
    await ada.sees("The drawings are on your desk.");
    await stage.checkAccess(page, "conversation on a phone");
    await stage.picture(page, "phone-conversation");
    await page.getByRole("link", { name: "Back to the conversations" }).click();
    await ada.row(ben).waitFor();
    await until(() => ada.row(ben).evaluate((row) => row === document.activeElement), "the focus is on the row one came from");
  },

  async "long names and long words break nothing"(stage) {
    const { ada } = stage.people;
    const long = await stage.newPerson("Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswess", { viewport: PHONE });
    stage.people.long = long;
    await long.signUp();
    await long.find(ada);
    await long.write("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz".repeat(6));
    await ada.row(long).waitFor();
    await stage.checkAccess(long.page, "long words on a phone");
    await stage.checkAccess(ada.page, "a long name in the list");
    await stage.picture(ada.page, "phone-long-name");
    await ada.open(long);
    await ada.write("That is quite a word.");
    await long.sees("That is quite a word.");
    await stage.checkAccess(ada.page, "long words");
    await stage.picture(ada.page, "phone-long-words");
  },

  async "the dark is as readable as the light"(stage) {
    const { ada, clara } = stage.people;
    const { page } = ada;
    await page.setViewportSize({ width: 1100, height: 760 });
    await page.emulateMedia({ colorScheme: "dark" });
    await ada.open(clara);
    await ada.sees(ANSWER);
    await stage.checkAccess(page, "a conversation in the dark");
    await stage.picture(page, "dark-conversation");
    await page.getByRole("link", { name: "People", exact: true }).click();
    await page.getByRole("list", { name: "People found" }).waitFor();
    await stage.checkAccess(page, "people in the dark");
    await stage.picture(page, "dark-people");
  },

  async "a vast screen is made use of, and its lines can still be read"(stage) {
    const { ada, clara } = stage.people;
    const { page } = ada;
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(VAST);
    await page.getByRole("link", { name: /^Chats/ }).click();
    await ada.open(clara);
    await ada.sees(ANSWER);
    const [field, list] = await Promise.all([page.getByRole("textbox"), page.getByRole("region", { name: "Conversations and people" })].map((part) => part.boundingBox()));
    same([field.width > 900, field.width < 1200, list.width > 350], [true, true, true], "the field is wide and not too wide, and so is the list");
    await page.getByRole("button", { name: "Details", exact: true }).click();
    await page.getByRole("complementary", { name: "Details" }).waitFor();
    await stage.checkAccess(page, "a conversation on a vast screen");
    await stage.picture(page, "vast-conversation");
    await page.getByRole("button", { name: "Close the details" }).click();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("list", { name: "Sessions" }).waitFor();
    await stage.checkAccess(page, "settings on a vast screen");
    await stage.picture(page, "vast-settings");
    await page.setViewportSize({ width: 1100, height: 760 });
    await page.goto("/#/");
  },

  async "signing in looks right in the dark and on a phone"(stage) {
    const visitor = await stage.newPerson("Visitor", { viewport: PHONE, colorScheme: "dark" });
    await visitor.visit();
    await visitor.page.getByRole("button", { name: "Sign up" }).click();
    await visitor.page.getByRole("heading", { name: "Sign up" }).waitFor();
    await stage.checkAccess(visitor.page, "sign up, dark, on a phone");
    await stage.picture(visitor.page, "phone-dark-sign-up");
    await visitor.context.close();
  },

  async "what the first visit loads is small"(stage) {
    const visitor = await stage.newPerson("First");
    await visitor.visit();
    await visitor.page.getByRole("heading", { name: "Log in" }).waitFor();
    const first = await loadedBytes(visitor.page);
    if (first > FIRST_LOAD_BYTES_MAX) throw new Error(`${first} bytes`);
    await visitor.signUp();
    const whole = await loadedBytes(visitor.page);
    console.log(`      the log-in ${first} bytes, with a list of conversations ${whole}`);
    if (whole > SIGNED_IN_BYTES_MAX) throw new Error(`${whole} bytes once signed in`);
    await visitor.context.close();
  },

  async "no page asked others, broke the policy or threw"(stage) {
    same(stage.offences, [], "offences");
  },
};
