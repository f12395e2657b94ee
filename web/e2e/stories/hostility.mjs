// What people write to run a script elsewhere, in every field that others see (row W01).
import { randomUUID } from "node:crypto";
import { same, until } from "../browser.mjs";
import { ADDRESSES, carelessBytes, isWhole, PAYLOADS, STRANGE } from "../payloads.mjs";
import { answered, call, callAll } from "../wire.mjs";
import { keptTexts } from "./keeping.mjs";
import { beside, choose } from "./pictures.mjs";

/** Where each payload costs a write, an upload or a row, one in so many is enough, unless all are asked for: CONFAB_STORIES_WHOLE=1. */
const SHARE = process.env.CONFAB_STORIES_WHOLE ? 1 : 12;
const some = PAYLOADS.filter((_, place) => place % SHARE === 0);
/** A message has room for so many. */
const IN_ONE = 20;
const FILES_IN_ONE = 10;
/** What has no room is refused. */
const OK = 0;
const INVALID_ARGUMENT = 3;
const NOBODY = "0192c1f0-0000-7000-8000-000000000000";
const LIST = "**/confab.auth.v1.UserService/ListUsers";

/** Counts scripts that run and what the policy reports, in every page of somebody. */
async function watch({ page }) {
  await page.addInitScript(() => {
    Object.assign(globalThis, { harmed: 0, reports: [], harm: () => (globalThis.harmed += 1) });
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => globalThis.reports.push(`${violatedDirective} ${blockedURI}`));
  });
}

/** Fails unless a page shows text, and nothing that runs or leads astray. */
async function harmless(page, what) {
  const found = await page.evaluate(() => {
    const led = [...document.body.querySelectorAll("[href], [src], [action], [data], [srcdoc]")];
    const isOurs = (element) => (element.getAttribute("src") ?? element.getAttribute("href") ?? "").match(/^(?:#\/|\/media\/|blob:http:\/\/localhost|\/assets\/)/);
    const isLink = (element) => element.tagName === "A" && ["http:", "https:", "mailto:"].includes(element.protocol) && (isOurs(element) || (element.target === "_blank" && /noopener/.test(element.rel)));
    const strange = led.filter((element) => !isLink(element) && !(isOurs(element) && ["IMG", "AUDIO", "VIDEO"].includes(element.tagName)));
    const wired = [...document.querySelectorAll("*")].filter((element) => element.getAttributeNames().some((name) => name.startsWith("on")));
    const made = [...document.body.querySelectorAll("script, iframe, object, embed, form[action], base, meta, style, link, marquee, math, noscript p")];
    return { scripts: globalThis.harmed, reports: globalThis.reports, elements: [...strange, ...wired, ...made].map((element) => element.outerHTML) };
  });
  same(found, { scripts: 0, reports: [], elements: [] }, what);
}

function refusedOrTaken(statuses, what) {
  same(statuses.filter((status) => status !== OK && status !== INVALID_ARGUMENT), [], what);
}

export const hostility = {
  async "of hundreds of hostile texts none runs, and none becomes an element or a bad link"(stage) {
    if (PAYLOADS.length < 500 || STRANGE.length < 200) throw new Error(`only ${PAYLOADS.length} and ${STRANGE.length} texts`);
    const mal = await stage.newPerson("Mal");
    const vera = await stage.newPerson("Vera");
    Object.assign(stage.people, { mal, vera });
    await Promise.all([watch(mal), watch(vera)]);
    await Promise.all([vera.signUp(), mal.signUp()]);
    await mal.find(vera);
    stage.hostile = mal.page.url().split("/").at(-1);
    const texts = Array.from({ length: Math.ceil(PAYLOADS.length / IN_ONE) }, (_, at) => PAYLOADS.slice(at * IN_ONE, (at + 1) * IN_ONE).join("\n"));
    const links = ADDRESSES.flatMap((address) => [`[press](${address})`, `<${address}>`, address, `[https://bank.example](${address})`]).join("\n");
    same([...new Set(await callAll(mal.page, "message.v1.MessageService/SendMessage", [...texts, links].map((text) => ({ 1: stage.hostile, 3: text, 4: randomUUID() }))))], [OK], "the statuses of messages");
    await vera.page.goto("/#/");
    await vera.open(mal);
    const seen = (await vera.everything()).length;
    same(seen, texts.length + 1, "messages seen");
    // Each was drawn on the way from the end to the beginning.
    for (const { page } of [mal, vera]) await harmless(page, "harm of texts");
    await vera.page.getByRole("log").evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await until(async () => (await vera.page.getByRole("log").innerText()).includes("bank.example"), "the links are there");
    await harmless(vera.page, "harm of links");
    await stage.picture(vera.page, "hostile");
  },

  async "what is not seen comes back as it was written, or is refused, and is shown"(stage) {
    const { mal, vera } = stage.people;
    const statuses = await callAll(mal.page, "message.v1.MessageService/SendMessage", STRANGE.map((text) => ({ 1: stage.hostile, 3: isWhole(text) ? text : carelessBytes(text), 4: randomUUID() })));
    const taken = STRANGE.filter((_, place) => statuses[place] === OK);
    same(taken.filter((text) => !isWhole(text) || text.includes("\0")), [], "what should have been refused");
    if (taken.length < 150) throw new Error(`only ${taken.length} were taken`);
    let missing = taken;
    await until(async () => {
      const kept = new Set(await keptTexts(vera.page));
      missing = taken.filter((text) => !kept.has(text));
      return missing.length === 0;
    }, "every text is kept as it was written").catch((error) => {
      throw new Error(`${error.message}: ${JSON.stringify(missing)} are missing`);
    });
    await call(mal.page, "message.v1.MessageService/SendMessage", { 1: stage.hostile, 3: "invoice\u202Efdp.exe, pay\u200Bpal, bell\u0007, שלום \u2067abc\u2069, 👩‍🚀", 4: randomUUID() });
    const bubble = vera.page.getByRole("log").locator("[data-bubble]").filter({ hasText: "invoice" });
    await bubble.waitFor();
    same(await bubble.locator(".unseen").evaluateAll((all) => all.map((one) => one.dataset.mark)), ["RLO", "ZWSP", "␇"], "the marks");
    await stage.checkAccess(vera.page, "what is not seen");
    await stage.picture(vera.page, "unseen");
    await harmless(vera.page, "harm of what is not seen");
    // From here a half character is not sent at all. What drives the browser cannot type one.
    await vera.page.getByRole("textbox").evaluate((field) => {
      Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field, `half ${String.fromCharCode(0xd83d)}`);
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    });
    await vera.page.keyboard.press("Enter");
    await vera.page.getByRole("alert").getByText("Half a character is in the text").waitFor();
    await vera.page.getByRole("textbox").fill("");
  },

  async "nor does any name, status, emoji or address"(stage) {
    const { mal, vera } = stage.people;
    const profiles = some.map((text) => ({ 1: { 1: [...text].slice(0, 100).join(""), 2: [...text].slice(0, 140).join("") }, 2: { 1: ["name", "status_text"] } }));
    refusedOrTaken(await callAll(mal.page, "auth.v1.AuthService/UpdateProfile", profiles), "the statuses of names");
    same(await call(mal.page, "auth.v1.AuthService/UpdateProfile", { 1: { 1: mal.name }, 2: { 1: ["name", "status_text"] } }), OK, "the status of the old name");
    const emoji = PAYLOADS.map((text) => ({ 1: stage.hostile, 2: 1, 3: text }));
    same([...new Set(await callAll(mal.page, "message.v1.MessageService/AddReaction", emoji))], [INVALID_ARGUMENT], "the statuses of emoji");
    // Names and statuses that no server takes, all of them, as if one had.
    await vera.page.route(LIST, (route) => route.fulfill(answered({ 1: PAYLOADS.map((text, place) => ({ 1: NOBODY.replace(/.{4}$/, String(place).padStart(4, "0")), 2: text, 3: text, 8: text, 9: text })) })));
    await vera.page.getByRole("link", { name: "People", exact: true }).click();
    const found = vera.page.getByRole("list", { name: "People found" }).getByRole("listitem");
    await until(async () => (await found.count()) === PAYLOADS.length, "all are there");
    await harmless(vera.page, "harm of names");
    await stage.picture(vera.page, "hostile-names");
    await vera.page.unroute(LIST);
  },

  async "nor does any title, and a list of as many conversations can be used"(stage) {
    const { mal, vera } = stage.people;
    const them = await vera.page.evaluate(() => localStorage.getItem("confab.me").split(".")[0]);
    const titles = some.map((text) => [...text].slice(0, 100).join(""));
    const made = await callAll(mal.page, "message.v1.ConversationService/CreateGroup", titles.map((title) => ({ 1: title, 2: `${title}\n${title}`, 4: 1, 5: them, 6: randomUUID() })));
    refusedOrTaken(made, "the statuses of groups");
    const count = made.filter((status) => status === OK).length;
    await vera.page.goto("/#/");
    const rows = vera.page.getByRole("navigation", { name: "Conversations" }).getByRole("link");
    await until(async () => (await rows.count()) === count + 1, "all groups are in the list").catch(async (error) => {
      throw new Error(`${error.message}: ${await rows.count()} of ${count + 1}`);
    });
    await harmless(vera.page, "harm of titles");
    await stage.picture(vera.page, "hostile-titles");
    await rows.filter({ hasText: "script" }).first().click();
    await vera.page.getByRole("button", { name: "Details", exact: true }).click();
    await vera.page.getByRole("complementary", { name: "Details" }).waitFor();
    await stage.checkAccess(vera.page, "details of a hostile group");
    await stage.picture(vera.page, "hostile-details");
    await harmless(vera.page, "harm in the details");
    await vera.page.getByRole("button", { name: "Close the details" }).click();
  },

  async "nor does any name of a file, chosen or sent"(stage) {
    const { mal, vera } = stage.people;
    await vera.open(mal);
    const names = SHARE === 1 ? PAYLOADS : some.slice(0, 2 * FILES_IN_ONE);
    for (let from = 0; from < names.length; from += FILES_IN_ONE) {
      const files = names.slice(from, from + FILES_IN_ONE).map((name) => ({ name: `${name}.txt`, mimeType: "text/plain", buffer: Buffer.from(`file ${name}`) }));
      await choose(mal, ...files);
      await beside(mal, files.length);
      await harmless(mal.page, "harm of files beside the field");
      await mal.write(`files from ${from}`);
      await mal.hasSent(`files from ${from}`);
      await vera.page.getByRole("log").getByText(`files from ${from}`, { exact: true }).waitFor();
      await harmless(vera.page, "harm of files");
    }
    await stage.checkAccess(vera.page, "hostile files");
    await stage.picture(vera.page, "hostile-files");
    await Promise.all([mal.context.close(), vera.context.close()]);
  },
};
