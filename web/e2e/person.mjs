// What a person does with the page, in the words that stand on it.
import { until } from "./browser.mjs";

/** How long it may take to look at all of a long conversation. */
const WHOLE_MS = 90_000;
/** How long a button has that comes and goes with the pointer. */
const PRESS_MS = 2_000;

/** Somebody in front of a browser. */
export class Person {
  /** Every live stream that was opened from this browser. */
  streams = [];

  constructor(context, page, { name, email, password }) {
    Object.assign(this, { context, page, name, email, password });
    context.on("request", (request) => {
      if (request.url().endsWith("/confab.message.v1.LiveService/Subscribe")) this.streams.push(request);
    });
  }

  async visit() {
    await this.page.goto("/");
  }

  async fill(values) {
    for (const [label, value] of Object.entries(values)) await this.page.getByLabel(label, { exact: true }).fill(value);
  }

  async signUp() {
    await this.visit();
    await this.page.getByRole("button", { name: "Sign up" }).click();
    await this.fill({ Name: this.name, "E-mail address": this.email, Password: this.password });
    await this.page.getByRole("button", { name: "Create account" }).click();
    await this.isIn();
  }

  async logIn(password = this.password) {
    await this.fill({ "E-mail address": this.email, Password: password });
    await this.page.getByRole("button", { name: "Log in", exact: true }).click();
  }

  async logOut() {
    await this.page.getByRole("button", { name: "Log out" }).click();
  }

  /** Waits until the page knows who it is and hears what happens. */
  async isIn(page = this.page) {
    await page.getByTestId("me").getByText(this.name).waitFor();
    await this.isOnline(page);
  }

  async isOnline(page = this.page) {
    await page.locator("[data-connection=online]").waitFor({ state: "attached" });
  }

  /** Finds somebody by the beginning of the name, and opens the conversation. */
  async find(other) {
    await this.page.getByRole("link", { name: "People", exact: true }).click();
    await this.page.getByRole("searchbox").fill(other.name.slice(0, -1));
    await this.page.getByRole("list", { name: "People found" }).getByRole("button", { name: other.name }).click();
    await this.heading(other);
  }

  /** Opens a conversation from the list. */
  async open(other) {
    await this.row(other).click();
    await this.heading(other);
  }

  async heading(other, page = this.page) {
    await page.getByRole("heading", { name: other.name }).waitFor();
  }

  async write(text, page = this.page) {
    await page.getByRole("textbox").fill(text);
    await page.keyboard.press("Enter");
  }

  /** Writes where the cursor is; for many messages in a row. */
  async type(text) {
    await this.page.keyboard.insertText(text);
    await this.page.keyboard.press("Enter");
  }

  /** The row of a conversation in the list. */
  row(other, page = this.page) {
    return page.getByRole("navigation", { name: "Conversations" }).getByRole("link").filter({ has: page.locator("bdi", { hasText: other.name }) });
  }

  async unread(other, page = this.page) {
    // It may go away while one looks.
    const [count = "0"] = await this.row(other, page).getByTestId("unread").allInnerTexts();
    return Number.parseInt(count, 10);
  }

  /** Waits for a message; there must be exactly one with that text. */
  async sees(text, page = this.page) {
    const found = page.getByRole("log").getByText(text, { exact: true });
    await until(async () => (await found.count()) === 1, `${this.name} sees "${text}" once`);
  }

  /** Waits until a message of one's own is stored. */
  async hasSent(text, page = this.page) {
    await page.locator("[data-testid=mine][data-status=stored]").getByText(text, { exact: true }).waitFor();
  }

  /** The row of a message, with everything that belongs to it. */
  message(text) {
    // Not what only answers it.
    const words = this.page.locator("span[dir=auto]", { hasText: new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`) });
    return this.page.getByRole("log").locator("[data-key]").filter({ has: words });
  }

  bubble(text) {
    return this.message(text).locator("[data-bubble]");
  }

  reactions(text) {
    return this.message(text).getByRole("list", { name: "Reactions" });
  }

  /** Opens the menu of a message. */
  async menu(text) {
    // As the list moves, the button can be gone again before it is pressed.
    await until(async () => {
      await this.bubble(text).hover();
      const button = this.message(text).getByRole("button", { name: "More actions" });
      return button.click({ timeout: PRESS_MS }).then(() => true, () => false);
    }, `${this.name} opens the menu of "${text}"`);
    await this.page.getByRole("menu", { name: "Message" }).waitFor();
  }

  /** Does what the menu of a message offers. */
  async act(text, action) {
    await this.menu(text);
    const menu = this.page.getByRole("menu", { name: "Message" });
    await menu.getByRole("menuitem", { name: action }).or(menu.getByRole("menuitemcheckbox", { name: action })).click();
  }

  /** All texts drawn, from top to bottom: what is in sight, and some above and below. */
  async texts(page = this.page) {
    return page.getByRole("log").locator("[data-bubble] span[dir=auto]").allInnerTexts();
  }

  /** All texts there are, the oldest first. */
  async allTexts(page = this.page) {
    return (await this.everything(page)).map(({ text }) => text);
  }

  /** All messages there are as the page shows them, the oldest first; the list draws them only where one looks, so one looks everywhere. */
  async everything(page = this.page) {
    const log = page.getByRole("log");
    const rows = new Map();
    await log.evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await until(async () => {
      for (const row of await log.evaluate(drawnRows)) rows.set(row.seq, row);
      const isWhole = (await log.getByText("This is where it begins.").count()) > 0;
      return log.evaluate((list, whole) => {
        const isTop = list.scrollTop <= 0;
        list.scrollBy(0, -list.clientHeight);
        return isTop && whole;
      }, isWhole);
    }, "the beginning is there", WHOLE_MS);
    // Back to where news are heard.
    await log.evaluate((list) => list.scrollTo(0, list.scrollHeight));
    return [...rows.values()].sort((a, b) => a.seq - b.seq);
  }

  /** Goes up until a message is drawn. */
  async scrollTo(text, page = this.page) {
    const log = page.getByRole("log");
    await until(async () => {
      if ((await log.getByText(text, { exact: true }).count()) > 0) return true;
      await log.evaluate((list) => list.scrollBy(0, -list.clientHeight));
      return false;
    }, `"${text}" is drawn`);
  }
}

/** The stored messages that a list has drawn. */
function drawnRows(list) {
  return [...list.querySelectorAll("[data-seq]")].map((row) => ({
    seq: Number(row.dataset.seq),
    text: row.querySelector("[data-bubble] span[dir=auto]")?.textContent ?? "",
    isDeleted: [...row.querySelectorAll("[data-bubble] i")].some((words) => words.textContent === "This message was deleted."),
    reactions: [...row.querySelectorAll("[aria-label=Reactions] button")].map((chip) => chip.textContent).sort(),
    files: Number(row.querySelector("[data-attachments]")?.dataset.attachments ?? 0),
  }));
}
