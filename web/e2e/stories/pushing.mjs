// What a device is told while no page is open. The browser has no push service
// here, so the story has one of its own; everything else is as it is for people:
// the server seals and sends, and the worker is handed what came and shows it.
import { same, until } from "../browser.mjs";
import { deliver, givenKey, startPushService, subscribeWith } from "../push-service.mjs";

/** The notices of a browser that are shown; its worker knows them. */
async function notices(worker) {
  return worker.evaluate(async () => (await self.registration.getNotifications()).map(({ title, body, tag, silent, data }) => ({ title, body, tag, silent, unread: data.unread })));
}

/** The worker of a browser, which is there for as long as the stage looks at it. */
function workerOf(stage, { context }) {
  return until(() => context.serviceWorkers().find((worker) => worker.url() === `${stage.url}/worker.js`), "the worker is there");
}

/** Closes Confab; what stays is a page of the browser that is none of ours. */
async function close(person) {
  const other = await person.context.newPage();
  await other.goto("/healthz");
  await person.page.close();
  return other;
}

/** Opens it again. */
async function reopen(person, other) {
  person.page = await person.context.newPage();
  await person.page.goto("/");
  await person.isIn();
  await other.close();
}

/** Says something to somebody and waits until it is stored. */
async function say(person, text) {
  await person.write(text);
  await person.hasSent(text);
}

/** What a browser says of a request of our page: none is open that could ask. */
const OUR_PAGE = { "sec-fetch-site": "same-origin" };
/** How long it may take: while a page may still be reading, a push waits. */
const LEDGER_PATIENCE_MS = 60_000;

/** Waits for what became of the newest push, as the ledger tells everybody of their own. */
function ledgerSays({ context }, outcome) {
  return until(
    async () => {
      const answer = await context.request.get("/v1/push/pushes?pageSize=1", { headers: OUR_PAGE });
      if (!answer.ok()) throw new Error(`${answer.status()}: ${await answer.text()}`);
      const { pushes = [] } = await answer.json();
      return pushes[0]?.outcome === `PUSH_OUTCOME_${outcome}`;
    },
    `the ledger says ${outcome}`,
    LEDGER_PATIENCE_MS,
  );
}

let service;
let told;
let serverKey;

export const pushing = {
  async "a device is told while Confab is closed if one wants it, and says why if it cannot be"(stage) {
    const pia = await stage.newPerson("Pia");
    stage.people.pia = pia;
    await pia.context.grantPermissions(["notifications"]);
    await pia.signUp();
    const { page } = pia;
    await page.getByRole("link", { name: "Settings" }).click();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await page.getByText("Silent", { exact: true }).click();
    const toggle = page.getByRole("switch", { name: "Also while Confab is closed" });
    await page.evaluate(() => {
      PushManager.prototype.subscribe = () => Promise.reject(new DOMException("no push service", "AbortError"));
    });
    await toggle.click();
    await page.getByText("The push service of the browser did not let us.").first().waitFor();
    same(await toggle.getAttribute("aria-checked"), "false", "it is off");
    await stage.checkAccess(page, "push that cannot be had");

    service = await startPushService();
    told = service.subscription("pia");
    await subscribeWith(pia.context, told);
    await page.reload();
    await toggle.click();
    await page.getByRole("switch", { name: "Do not show what was said" }).waitFor();
    same(await toggle.getAttribute("aria-checked"), "true", "it is on");
    serverKey = await givenKey(page);
    same([serverKey.length, serverKey[0]], [65, 4], "the key of the server is a point");
    await stage.checkAccess(page, "push");
    await stage.picture(page, "push");
  },

  async "what is said then is told to that browser alone, and leads to the conversation"(stage) {
    const { ben, pia } = stage.people;
    const worker = await workerOf(stage, pia);
    // Headless, the icon shows nothing; what it would show is kept.
    await worker.evaluate(() => {
      self.navigator.setAppBadge = async (count) => {
        self.countOnIcon = count;
      };
    });
    const other = await close(pia);
    await ben.find(pia);
    await say(ben, "are you in the tunnel?");
    const { headers, text } = await service.next(told, serverKey);
    same([headers["content-encoding"], headers.ttl, headers.urgency, headers.topic.length], ["aes128gcm", "86400", "high", 32], "how it is sent");
    const notice = JSON.parse(text);
    same([notice.sender, notice.text, notice.unread], [ben.name, "are you in the tunnel?", 1], "what is told");
    await ledgerSays(pia, "SENT");
    await deliver(other, stage.url, text);
    await until(async () => (await notices(worker)).length === 1, "it is shown");
    const shown = { title: ben.name, body: "are you in the tunnel?", tag: notice.conversation_id, silent: true, unread: 1 };
    same(await notices(worker), [shown], "what is shown");

    await say(ben, "hello?");
    await deliver(other, stage.url, (await service.next(told, serverKey)).text);
    await until(async () => (await notices(worker))[0]?.body === "hello?", "the newer one takes the place of the older");
    same((await notices(worker)).map(({ unread }) => unread), [2], "how many are shown");
    await until(async () => (await worker.evaluate(() => self.countOnIcon)) === 2, "the icon says how many wait");

    // It leads to the page, not to what else is open of the server.
    pia.page = await pia.context.newPage();
    await pia.page.goto("/");
    await pia.isIn();
    await worker.evaluate(async () => {
      const [notification] = await self.registration.getNotifications();
      self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
    });
    await pia.heading(ben);
    await pia.sees("hello?");
    await other.close();
  },

  async "the ledger says why one was not told"(stage) {
    const { ben, pia } = stage.people;
    await pia.page.getByRole("button", { name: "Details", exact: true }).click();
    await pia.page.getByRole("button", { name: "Mute", exact: true }).click();
    await pia.page.getByRole("menuitem", { name: "For an hour" }).click();
    await pia.page.getByRole("button", { name: "Unmute" }).waitFor();
    const other = await close(pia);
    await say(ben, "nobody is woken by this");
    await ledgerSays(pia, "MUTED");
    same(service.taken.length, 0, "what was sent");
    await reopen(pia, other);
    await pia.open(ben);
    await pia.sees("nobody is woken by this");
    await pia.page.getByRole("button", { name: "Details", exact: true }).click();
    await pia.page.getByRole("button", { name: "Unmute" }).click();
    await pia.page.getByRole("button", { name: "Mute", exact: true }).waitFor();
  },

  async "logging out ends it"(stage) {
    const { ada, ben, pia } = stage.people;
    await pia.logOut();
    await pia.page.getByRole("heading", { name: "Log in" }).waitFor();
    same(await pia.page.evaluate(() => localStorage.getItem("confab.push")), null, "nothing is left of the wish");
    await until(async () => (await givenKey(pia.page)).length === 0, "the push service is told that it is over");
    await say(ben, "still there?");
    await pia.logIn();
    await pia.isIn();
    await ledgerSays(pia, "ENDED");
    same(service.taken.length, 0, "what was sent after it");
    await pia.open(ben);
    await pia.sees("still there?");
    await pia.context.close();
    await ben.find(ada);
  },
};
