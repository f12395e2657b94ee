// Makes the pictures of the README: a few people, what they say, and how it looks.
//
//   CONFAB_URL             a server with nobody in it; http://localhost:8080 if not set
//   CONFAB_TEST_CHROMIUM   the browser; /usr/bin/chromium if not set
//   CONFAB_PICTURES        the folder for the pictures
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { launch } from "./browser.mjs";
import { beside, choose } from "./stories/pictures.mjs";

const WIDE = { width: 1160, height: 720 };
const PHONE = { width: 360, height: 740 };
const GROUP = { name: "Analytical Engine" };

const folder = process.env.CONFAB_PICTURES;
if (!folder) throw new Error("CONFAB_PICTURES says where the pictures go");
const stage = await launch({ url: process.env.CONFAB_URL ?? "http://localhost:8080", chromium: process.env.CONFAB_TEST_CHROMIUM ?? "/usr/bin/chromium" });
try {
  await portray();
} finally {
  await stage.close();
}

async function portray() {
  const [ada, charles, mary] = await Promise.all(["Ada Lovelace", "Charles Babbage", "Mary Somerville"].map(person));
  await group(ada, [charles, mary]);
  await Promise.all([charles, mary].map((one) => one.open(GROUP)));
  await say(charles, "The second column of cards arrived from the printer.");
  await say(mary, "**Two things** before Monday:\n- oil the mill\n- check card `V4`, it was punched twice");
  await say(ada, "I checked it: the operation is right, the variable is not. It should read **V5**.");
  await answer(charles, "I checked it", "Then I will punch it anew tonight.");
  await show(mary, "The view from the workshop this morning");
  await react(ada, "The view from the workshop this morning", "heart");
  await react(charles, "The view from the workshop this morning", "heart");
  await react(mary, "Then I will punch it anew tonight.", "thumbs up");
  await ada.find(mary);
  await say(ada, "Will you read my notes before they go out?");
  await mary.open(ada);
  await say(mary, "With pleasure. Send me all of them, also G.");
  await charles.find(ada);
  await say(charles, "A card for the Bernoulli numbers! Nobody will believe it.");
  await ada.open(mary);
  await ada.sees("With pleasure. Send me all of them, also G.");
  await ada.open(GROUP);
  await ada.sees("The view from the workshop this morning");
  await charles.open(GROUP);
  await charles.page.getByRole("textbox").pressSequentially("Mary, how");
  await ada.page.getByText(/is writing/).first().waitFor();
  await ada.page.getByRole("textbox").blur();
  await settled(ada.page);
  await ada.page.screenshot({ path: join(folder, "conversation.png") });

  const dark = await stage.newPage(ada, { viewport: WIDE, colorScheme: "dark" });
  await ada.heading(GROUP, dark);
  await dark.getByRole("button", { name: "Details", exact: true }).click();
  await dark.getByRole("complementary", { name: "Details" }).getByText("3 members").waitFor();
  await settled(dark);
  await dark.screenshot({ path: join(folder, "dark.png") });

  const phone = await stage.newPage(ada, { viewport: PHONE, deviceScaleFactor: 2, isMobile: true, hasTouch: true });
  await ada.heading(GROUP, phone);
  await settled(phone);
  await phone.screenshot({ path: join(folder, "phone.png") });
}

async function person(name) {
  const one = await stage.newPerson(name, { viewport: WIDE });
  Object.assign(one, { name, email: `${randomUUID().slice(0, 8)}@example.org` });
  await one.signUp();
  return one;
}

async function group(owner, others) {
  const { page } = owner;
  await page.getByRole("link", { name: "People", exact: true }).click();
  await page.getByRole("button", { name: "New group" }).click();
  const dialog = page.getByRole("dialog", { name: "New group" });
  await dialog.getByLabel("Name", { exact: true }).fill(GROUP.name);
  for (const { name } of others) {
    await dialog.getByRole("searchbox").fill(name);
    await dialog.getByRole("checkbox", { name }).first().check();
  }
  await dialog.getByRole("button", { name: "Make the group" }).click();
  await owner.heading(GROUP);
}

async function say(who, text) {
  await who.write(text);
  await stored(who, text);
}

/** Waits until a message is stored, whatever its marks have become. */
async function stored(who, text) {
  const words = text.replaceAll(/[*`]/g, "").split("\n")[0];
  await who.page.locator("[data-testid=mine][data-status=stored]").filter({ hasText: words }).last().waitFor();
}

async function answer(who, beginning, text) {
  const row = who.page.getByRole("log").locator("[data-key]").filter({ hasText: beginning }).last();
  await row.hover();
  await row.getByRole("button", { name: "Reply" }).click();
  await say(who, text);
}

async function react(who, text, emoji) {
  await who.sees(text);
  await who.act(text, emoji);
}

/** Sends a picture that the page paints itself. */
async function show(who, text) {
  const painted = await who.page.evaluate(paint);
  await choose(who, { name: "workshop.png", mimeType: "image/png", buffer: Buffer.from(painted, "base64") });
  await beside(who, 1);
  await say(who, text);
}

/** Hills before sunrise. */
function paint() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 960, height: 420 });
  const context = canvas.getContext("2d");
  const fade = (y, height, ...colours) => {
    const gradient = context.createLinearGradient(0, y, 0, y + height);
    colours.forEach((colour, place) => gradient.addColorStop(place / (colours.length - 1), colour));
    return gradient;
  };
  context.fillStyle = fade(0, 420, "#35507e", "#8a86b8", "#f0b48c", "#ffe0b0");
  context.fillRect(0, 0, 960, 420);
  context.fillStyle = "#fff3d6";
  context.beginPath();
  context.arc(660, 262, 44, 0, 7);
  context.fill();
  [["#8f86a8", 250, 46, 0.011, 0], ["#5f6d8c", 292, 38, 0.016, 2], ["#3a5268", 334, 30, 0.021, 4], ["#22343f", 374, 20, 0.03, 1]].forEach(([colour, base, swing, step, begin]) => {
    context.fillStyle = colour;
    context.beginPath();
    context.moveTo(0, 420);
    for (let x = 0; x <= 960; x += 4) context.lineTo(x, base - swing * (Math.sin(x * step + begin) + 0.4 * Math.sin(x * step * 2.7 + begin)));
    context.lineTo(960, 420);
    context.fill();
  });
  return canvas.toDataURL("image/png").split(",")[1];
}

/** Waits until pictures are there and nothing moves. */
async function settled(page) {
  await page.locator("[data-picture=there]").first().waitFor();
  await page.evaluate(async () => {
    await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
    await document.fonts.ready;
  });
  await page.waitForFunction(() => document.getAnimations().every(({ playState, effect }) => playState !== "running" || effect.getComputedTiming().iterations === Infinity));
}
