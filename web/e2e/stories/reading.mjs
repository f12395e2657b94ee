// Going through a long conversation, and what can be said with more than words.
import { same, until } from "../browser.mjs";

/** The number of the first message that is wholly in sight. */
function topSeq(page) {
  return page.getByRole("log").evaluate((list) => {
    const { top } = list.getBoundingClientRect();
    return [...list.querySelectorAll("[data-seq]")].find((row) => row.getBoundingClientRect().top >= top)?.dataset.seq;
  });
}

/** What the page asks for when one reads further up than it has. */
const OLDER = "**/confab.message.v1.MessageService/ListMessages";

/** The first bubble that is wholly in sight, where it stands, and the first row that is drawn. */
function standing(page) {
  return page.getByRole("log").evaluate((list) => {
    const { top } = list.getBoundingClientRect();
    const rows = [...list.querySelectorAll("[data-seq]")].map((row) => ({ seq: Number(row.dataset.seq), top: row.querySelector("[data-bubble]").getBoundingClientRect().top }));
    return { ...rows.find((row) => row.top >= top), drawn: Math.min(...rows.map(({ seq }) => seq)) };
  });
}

/** What `look` finds on a page that has come to rest: the same twice, with two frames drawn in between. */
async function atRest(page, look) {
  let last;
  return until(async () => {
    const before = last;
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    last = await look(page);
    return JSON.stringify(before) === JSON.stringify(last) && last;
  }, "the page is at rest");
}

/** How high the line with a day is. */
const DAY_LINE_PX = 48;

/** Whether something has gone up by nothing, or by the line with a day, as far as one sees. */
function isNear(up) {
  return [0, DAY_LINE_PX].some((height) => Math.abs(up - height) <= 3);
}

export const reading = {
  async "whoever reads above stays there, and is told what is new"(stage) {
    const { ada, ben } = stage.people;
    await ada.find(ben);
    for (let count = 1; count <= 60; count += 1) await ada.type(`page ${count}`);
    await ada.hasSent("page 60");
    await ben.page.goto("/#/");
    await ben.open(ada);
    await ben.sees("page 60");
    // While the list is still being measured it keeps to its end.
    await until(async () => {
      await ben.page.getByRole("log").evaluate((list) => list.scrollBy(0, -600));
      return ben.page.getByRole("button", { name: "To the end" }).isVisible();
    }, "Ben is above the end");
    const before = await atRest(ben.page, topSeq);
    await ada.write("said meanwhile");
    await ben.page.getByRole("button", { name: "1 new" }).waitFor();
    same(await atRest(ben.page, topSeq), before, "what is in sight");
    await ben.page.setViewportSize({ width: 700, height: 760 });
    await until(async () => Math.abs((await topSeq(ben.page)) - before) <= 1, "it is still in sight in a narrow window");
    await ben.page.setViewportSize({ width: 1100, height: 760 });
    await stage.checkAccess(ben.page, "reading above");
    await stage.picture(ben.page, "reading-above");
  },

  async "a reload leads back to where one was"(stage) {
    const { ben } = stage.people;
    const before = await atRest(ben.page, topSeq);
    await ben.page.reload();
    await until(async () => Math.abs((await topSeq(ben.page)) - before) <= 1, "the same is in sight");
    await ben.page.getByRole("button", { name: "1 new" }).click();
    await ben.sees("said meanwhile");
    await until(async () => (await ben.page.getByRole("button", { name: "To the end" }).count()) === 0, "one is at the end");
  },

  async "what is in sight stays where it is while older messages come"(stage) {
    const { ada, ben } = stage.people;
    let pages = 0;
    let answer = () => {};
    const mayAnswer = new Promise((resolve) => (answer = resolve));
    // On a device on which nothing is kept yet: the newest page comes, and those before it wait.
    const prepare = (made) =>
      made.route(OLDER, async (route) => {
        pages += 1;
        if (pages > 1) await mayAnswer;
        await route.continue();
      });
    const page = await stage.newPage(ben, { viewport: { width: 1100, height: 760 }, prepare });
    await ben.heading(ada, page);
    await ben.sees("page 60", page);
    await until(async () => {
      if (pages < 2) await page.getByRole("log").evaluate((list) => list.scrollBy(0, -400));
      return pages >= 2;
    }, "it asks for older messages");
    await page.getByRole("log").evaluate((list) => list.scrollTo(0, 0));
    const before = await atRest(page, standing);
    answer();
    // On a slow machine the page may have given the call up meanwhile, and on a full one the server: it offers to try again.
    await until(async () => {
      await page.getByRole("log").evaluate((list) => [...list.querySelectorAll("[role=alert] button")].find(({ textContent }) => textContent === "Try again")?.click());
      return (await standing(page)).drawn < before.drawn;
    }, "older messages are there");
    // The line with the day, which stood above it, goes up with what is older. A browser that has much to do tells the
    // list of that when it has come to rest, and then the rest goes up by its height.
    const bubble = page.getByRole("log").locator(`[data-seq="${before.seq}"] [data-bubble]`);
    await until(async () => (await bubble.count()) === 1 && isNear(before.top - (await bubble.boundingBox()).y), "what was in sight is where it was");
    await page.context().close();
  },

  async "arrows lead from message to message, also to those that were not drawn"(stage) {
    const { ben } = stage.people;
    await ben.page.getByRole("log").focus();
    for (let count = 0; count < 40; count += 1) await ben.page.keyboard.press("ArrowUp");
    await until(() => ben.page.evaluate(() => document.activeElement?.textContent.includes("page 22")), "the fortieth from the end has the focus");
    const { top, bottom } = await ben.message("page 22").evaluate((row) => row.getBoundingClientRect());
    same(top > 0 && bottom < 760, true, "it is in sight");
  },

  async "a day is gone to by its date"(stage) {
    const { ben } = stage.people;
    await ben.page.getByRole("button", { name: "Go to another day" }).click();
    const dialog = ben.page.getByRole("dialog", { name: "Go to a day" });
    await stage.checkAccess(ben.page, "going to a day");
    await stage.picture(ben.page, "day");
    await dialog.getByRole("button", { name: "Show" }).click();
    // Everything was said today: it begins with the first.
    await until(async () => Number(await topSeq(ben.page)) <= 2, "the beginning of the day is in sight");
  },

  async "markdown is shown as what it means, before and after it is sent"(stage) {
    const { ada, ben } = stage.people;
    const text = "The **plan**, see `loom.rs`:\n- oil it\n- [run it](https://example.org/run)\n\n> carefully\n\n<img src=x onerror=alert(1)>";
    const field = ada.page.getByRole("textbox");
    await field.fill(text);
    await ada.page.getByRole("button", { name: "Preview" }).click();
    await ada.page.getByRole("region", { name: "How it will look" }).getByText("oil it").waitFor();
    await stage.checkAccess(ada.page, "a preview");
    await stage.picture(ada.page, "preview");
    await field.press("Enter");
    await ben.page.getByRole("button", { name: /new$|To the end/ }).click();
    const bubble = ben.page.getByRole("log").locator("[data-bubble]").filter({ hasText: "loom.rs" });
    await bubble.locator("ul li").first().waitFor();
    same(await bubble.locator("strong, code, blockquote, a").evaluateAll((all) => all.map(({ tagName }) => tagName).sort()), ["A", "BLOCKQUOTE", "CODE", "STRONG"], "what it has");
    same(await bubble.locator("img").count(), 0, "pictures made from text");
    await stage.checkAccess(ben.page, "markdown");
    await stage.picture(ben.page, "markdown");
  },

  async "an emoji is put where one writes, and a long text is warned of"(stage) {
    const { ada } = stage.people;
    const field = ada.page.getByRole("textbox");
    await field.fill("off it goes ");
    await ada.page.getByRole("button", { name: "Emoji" }).click();
    await ada.page.getByRole("combobox", { name: "Choose an emoji" }).fill("rocket");
    await ada.page.getByRole("option", { name: "rocket", exact: true }).waitFor();
    await ada.page.keyboard.press("Enter");
    await until(async () => (await field.inputValue()) === "off it goes 🚀", "it is in the field");
    await field.fill("x".repeat(7_990));
    await ada.page.getByText("10 characters left").waitFor();
    await stage.checkAccess(ada.page, "a long text");
    await field.fill("");
  },

  async "what is known of a message can be read"(stage) {
    const { ada, ben } = stage.people;
    await ada.write("who has read this?");
    await ben.sees("who has read this?");
    await ada.act("who has read this?", "Details");
    const dialog = ada.page.getByRole("dialog", { name: "Details of the message" });
    await dialog.getByText("in the conversation; message").waitFor();
    await dialog.getByText("Written to the disk").or(dialog.getByText("In the journals")).waitFor();
    await dialog.getByText(ben.name).first().waitFor();
    await stage.checkAccess(ada.page, "details of a message");
    await stage.picture(ada.page, "message-details");
    await dialog.getByRole("button", { name: "Close" }).click();
  },
};
