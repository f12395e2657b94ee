// What people write to run a script elsewhere: in every field that others see.
import { randomUUID } from "node:crypto";
import { same, until } from "../browser.mjs";
import { call } from "../wire.mjs";

const CODE = "harm()";

const MARKUP = ["img src=x onerror", "svg onload", "body onload", "details open ontoggle", "input autofocus onfocus", "video src=x onerror", "audio src=x onerror", "marquee onstart", "iframe onload", "object data=x onerror", "style onload", "link rel=stylesheet href=x onerror", "a href=# autofocus tabindex=1 onfocus", "math href=javascript:0 onclick"];
const WHOLE = [
  `<script>${CODE}</script>`,
  `<ScRiPt>${CODE}</sCrIpT>`,
  `<scr<script>ipt>${CODE}</script>`,
  `<svg><script>${CODE}</script></svg>`,
  `<iframe srcdoc="<script>parent.${CODE}</script>">`,
  `<noscript><p title="</noscript><img src=x onerror=${CODE}>">`,
  `<template><img src=x onerror=${CODE}></template>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${CODE}>`,
  `<base href="javascript:${CODE}//">`,
  `<meta http-equiv=refresh content="0;url=javascript:${CODE}">`,
  `<form action=javascript:${CODE}><button>`,
  `javascript:${CODE}`,
  `JaVaScRiPt:${CODE}`,
  `java\tscript:${CODE}`,
  `data:text/html,<script>${CODE}</script>`,
  `vbscript:${CODE}`,
  `blob:https://example.org/${CODE}`,
  `&lt;script&gt;${CODE}&lt;/script&gt;`,
  `]]><!--<script>${CODE}</script>-->`,
  `{{constructor.constructor('${CODE}')()}}`,
  `\${${CODE}}`,
  `%3Cscript%3E${CODE}%3C/script%3E`,
  `safe\u202Efdp.${CODE}`,
  `\u200B\u2066<script>${CODE}</script>\u2069`,
];
const PAYLOADS = [...WHOLE, ...MARKUP.flatMap((tag) => [`<${tag}=${CODE}>`, `<${tag}="${CODE}"/>`])];

/** What stands around them: nothing, quotes, addresses, marks of Markdown. */
const AROUND = [(it) => it, (it) => `">${it}`, (it) => `'>${it}`, (it) => `[x](${it})`, (it) => `![x](${it})`, (it) => `https://example.org/${it}`, (it) => `\`${it}\``, (it) => `**${it}**`, (it) => `> ${it}`, (it) => `<${it}>`];
const TEXTS = PAYLOADS.flatMap((payload) => AROUND.map((around) => around(payload)));
/** A message has room for so many. */
const IN_ONE = 60;
/** A title has room for so much, a description for more than this. */
const TITLE_CHARS_MAX = 100;
const DESCRIPTION_CHARS = 900;

/** What came of all of it in a page. */
function harmIn(page) {
  return page.evaluate(() => {
    const links = [...document.querySelectorAll("[href], [src], [action], [data], [srcdoc]")].filter((element) => document.body.contains(element));
    const strange = links.filter((element) => !(element.tagName === "A" && ["http:", "https:", "mailto:"].includes(element.protocol)));
    const wired = [...document.querySelectorAll("*")].filter((element) => element.getAttributeNames().some((name) => name.startsWith("on")));
    return { scripts: globalThis.harmed, elements: [...strange, ...wired].map((element) => element.outerHTML) };
  });
}

export const hostility = {
  async "of hundreds of hostile texts, titles and names none runs, and none becomes an element"(stage) {
    if (TEXTS.length < 500) throw new Error(`only ${TEXTS.length} texts`);
    const mal = await stage.newPerson("Mal <img src=x onerror=harm()>");
    const vera = await stage.newPerson("Vera");
    const { page } = mal;
    for (const { page: one } of [mal, vera]) await one.addInitScript(() => Object.assign(globalThis, { harmed: 0, harm: () => (globalThis.harmed += 1) }));
    await Promise.all([vera.signUp(), mal.signUp()]);
    await mal.find(vera);
    const conversationId = page.url().split("/").at(-1);
    for (let from = 0; from < TEXTS.length; from += IN_ONE) {
      const text = TEXTS.slice(from, from + IN_ONE).join("\n");
      same(await call(page, "message.v1.MessageService/SendMessage", { 1: conversationId, 3: text, 4: randomUUID() }), 0, "the status of a message");
    }
    const them = await vera.page.evaluate(() => JSON.parse(localStorage.getItem("confab.me")).userId);
    // Some are refused for what one cannot see in them; all others become titles.
    const titles = PAYLOADS.filter((title) => title.length <= TITLE_CHARS_MAX && !/[\p{Cc}\u200B\u202E\u2066\u2069]/u.test(title));
    const description = TEXTS.slice(0, 20).join("\n").slice(0, DESCRIPTION_CHARS);
    const made = await Promise.all(titles.map((title) => call(page, "message.v1.ConversationService/CreateGroup", { 1: title, 2: description, 4: 1, 5: them, 6: randomUUID() })));
    same(made, titles.map(() => 0), "the status of each group");
    await vera.page.goto("/#/");
    await vera.row({ name: titles[0] }).first().waitFor();
    await vera.open({ name: mal.name });
    await until(async () => (await vera.page.getByRole("log").innerText()).includes("harm()"), "the texts are there");
    for (const one of [page, vera.page]) same(await harmIn(one), { scripts: 0, elements: [] }, "harm");
    await vera.row({ name: titles[0] }).first().click();
    await vera.page.getByRole("button", { name: "Details" }).click();
    await vera.page.getByRole("complementary", { name: "Details" }).waitFor();
    await stage.picture(vera.page, "hostile");
    same(await harmIn(vera.page), { scripts: 0, elements: [] }, "harm in the details");
    await Promise.all([mal.context.close(), vera.context.close()]);
  },
};
