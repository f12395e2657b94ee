// A server that is down, clocks that are wrong, and texts as long as they may be.
import { same, until } from "../browser.mjs";
import { openDoor } from "../door.mjs";

const SEND = "**/confab.message.v1.MessageService/SendMessage";
const DAY_MS = 86_400_000;
const TEXT_CHARS_MAX = 8_000;

/** Lets a page believe that it is another time. */
function shiftClock(page, shift) {
  return page.addInitScript((ms) => {
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...parts) {
        if (parts.length === 0) super(Real.now() + ms);
        else super(...parts);
      }
      static now() {
        return Real.now() + ms;
      }
    };
  }, shift);
}

/** Says that the net is back, as the browser would: then nobody waits for the next try. */
export function comesBack(page) {
  return page.evaluate(() => dispatchEvent(new Event("online")));
}

export const outage = {
  async "a server that goes away in the middle loses nothing, and one is told"(stage) {
    const { ada } = stage.people;
    stage.door = await openDoor(stage.url);
    const nora = await stage.newPerson("Nora", { baseURL: stage.door.url });
    stage.people.nora = nora;
    await nora.signUp();
    await nora.find(ada);
    await nora.write("before the outage");
    await nora.hasSent("before the outage");
    await ada.page.goto("/#/");
    await ada.open(nora);
    stage.door.shut();
    await nora.page.locator("[data-connection=offline], [data-connection=connecting]").first().waitFor();
    await nora.write("during the outage");
    await nora.page.locator("[data-status=waiting]").getByText("during the outage", { exact: true }).waitFor();
    await ada.write("said by others meanwhile");
    await ada.hasSent("said by others meanwhile");
    await stage.checkAccess(nora.page, "a server that is down");
    await stage.picture(nora.page, "outage");
    stage.door.open();
    await comesBack(nora.page);
    await nora.hasSent("during the outage");
    await nora.sees("said by others meanwhile");
    await ada.sees("during the outage");
    await nora.isOnline();
  },

  async "a server that is down when the page is opened is waited for"(stage) {
    const { nora, ada } = stage.people;
    await until(() => nora.page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state === "activated"), "the page is kept");
    await nora.write("just before it went");
    await nora.hasSent("just before it went");
    stage.door.shut();
    // The worker has the page; what it shows is what is kept, and what is stored and not kept yet.
    await nora.page.reload();
    await nora.sees("during the outage");
    await nora.sees("just before it went");
    await nora.page.locator("[data-connection=offline], [data-connection=connecting]").first().waitFor();
    await nora.write("written without a server");
    await nora.page.locator("[data-status=waiting]").getByText("written without a server", { exact: true }).waitFor();
    await stage.checkAccess(nora.page, "a server that is down at the start");
    await stage.picture(nora.page, "outage-at-start");
    stage.door.open();
    await comesBack(nora.page);
    await nora.isOnline();
    await nora.hasSent("written without a server");
    await ada.sees("written without a server");
    await ada.write("good that you are back");
    await nora.sees("good that you are back");
    await ada.sees("just before it went");
    await nora.context.close();
    await stage.door.remove();
  },

  async "with a clock that is wrong by a day everything is in its order"(stage) {
    const { ada, ben } = stage.people;
    await ada.find(ben);
    await ben.find(ada);
    const late = await stage.newPage(ada, { prepare: (page) => shiftClock(page, -DAY_MS) });
    const early = await stage.newPage(ada, { prepare: (page) => shiftClock(page, DAY_MS) });
    await Promise.all([late, early].map((page) => ada.isIn(page)));
    const said = ["by a clock that is late", "by one that is right", "by a clock that is early", "and right again"];
    for (const [place, page] of [late, ada.page, early, ada.page].entries()) {
      await ada.write(said[place], page);
      await ada.hasSent(said[place], page);
    }
    for (const [page, words] of [[late, "waits by a late clock"], [early, "waits by an early clock"]]) {
      // What the server has not put in its order stands at the end, whatever the clock says.
      await page.route(SEND, (route) => route.abort());
      await ada.write(words, page);
      await page.locator("[data-status=waiting]").getByText(words, { exact: true }).waitFor();
      same((await ada.texts(page)).at(-1), words, "the last");
      await page.unroute(SEND);
      await ada.hasSent(words, page);
      said.push(words);
    }
    for (const [who, page] of [[ada, late], [ada, early], [ada, ada.page], [ben, ben.page]]) {
      await until(async () => JSON.stringify((await who.texts(page)).slice(-said.length)) === JSON.stringify(said), "the order is that of the server");
    }
    await stage.picture(early, "early-clock");
    await Promise.all([late, early].map((page) => page.context().close()));
  },

  async "a text as long as it may be is seen whole by the other"(stage) {
    const { ada, ben } = stage.people;
    const long = `${"Žluťoučký kůň 🐎 úpěl ďábelské ódy. ".repeat(300)}`.slice(0, TEXT_CHARS_MAX * 2);
    const text = `${[...long].slice(0, TEXT_CHARS_MAX - 4).join("")}end.`;
    same([...text].length, TEXT_CHARS_MAX, "characters");
    await ada.write(text);
    await until(async () => (await ada.page.locator("[data-testid=mine][data-status=stored]").filter({ hasText: text.slice(0, 60) }).count()) === 1, "it is stored");
    await until(async () => (await ben.everything()).at(-1).text === text, "Ben has every character");
    await stage.checkAccess(ben.page, "a long text");
    await stage.picture(ben.page, "long-text");
  },
};
