// The page as a program: without a net, with a newer page, with notices.
import { same, until } from "../browser.mjs";
import { openNewer } from "../newer.mjs";
import { keptTexts } from "./keeping.mjs";

/** The notices that are shown outside of the page. */
function notices(page) {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    return (await registration.getNotifications()).map(({ title, body, silent }) => ({ title, body, silent }));
  });
}

/** Waits until everything is kept that the page is made of. */
function isKept(page) {
  return until(
    () =>
      page.evaluate(async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        const [name] = await caches.keys();
        return registration?.active?.state === "activated" && name !== undefined && (await (await caches.open(name)).match("/")) !== undefined;
      }),
    "the page is kept",
  );
}

export const installing = {
  async "the page opens without a net after the first visit, and shows what is kept"(stage) {
    const { ben } = stage.people;
    const olga = await stage.newPerson("Olga");
    stage.people.olga = olga;
    const { page } = olga;
    await olga.signUp();
    await olga.find(ben);
    await olga.write("kept for the tunnel");
    await olga.hasSent("kept for the tunnel");
    await isKept(page);
    await until(async () => (await keptTexts(page)).includes("kept for the tunnel"), "the message is kept");
    await olga.context.setOffline(true);
    await page.reload();
    await olga.heading(ben);
    await olga.sees("kept for the tunnel");
    await page.locator("[data-connection=offline]").waitFor();
    // Also what nobody has looked at yet.
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("region", { name: "Settings" }).waitFor();
    await stage.checkAccess(page, "without a net");
    await stage.picture(page, "without-a-net");
    await olga.context.setOffline(false);
    await olga.isOnline();
    // What is the server's is asked of the server.
    const health = await olga.context.newPage();
    await health.goto("/healthz");
    same((await health.locator("body").innerText()).trim(), "ok", "another address");
    await health.close();
    const manifest = await page.evaluate(async () => (await fetch(document.querySelector("link[rel=manifest]").href)).json());
    const icons = await page.evaluate((paths) => Promise.all(paths.map(async (path) => (await fetch(path)).headers.get("content-type"))), manifest.icons.map(({ src }) => src));
    same([manifest.display, icons], ["standalone", ["image/svg+xml", "image/png", "image/png", "image/png"]], "it can be installed");
  },

  async "a message is told outside of the page when nobody looks, and leads to the conversation"(stage) {
    const { ada, ben, olga } = stage.people;
    const { page } = olga;
    await olga.context.grantPermissions(["notifications"]);
    await page.reload();
    await page.getByText("Silent", { exact: true }).click();
    // There is no icon here that it could stand on.
    await page.evaluate(() => Object.assign(navigator, { setAppBadge: async (count) => (globalThis.badge = count), clearAppBadge: async () => (globalThis.badge = 0) }));
    await ben.page.goto("/#/");
    await ben.open(olga);
    await ben.write("are you through the tunnel?");
    await until(async () => (await notices(page)).length === 1, "it is told");
    same(await notices(page), [{ title: ben.name, body: "are you through the tunnel?", silent: true }], "what is told");
    await until(async () => (await page.title()) === "(1) Confab", "the title counts it");
    same(await page.evaluate(() => globalThis.badge), 1, "what stands on the icon");
    await page.getByTestId("heard").getByText(`New message from ${ben.name}`).waitFor({ state: "attached" });
    await stage.picture(page, "notifications");
    // A press on it, which only a desktop can do, as the worker is told of it.
    const [worker] = olga.context.serviceWorkers();
    await worker.evaluate(async () => {
      const [notification] = await self.registration.getNotifications();
      self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
    });
    await olga.heading(ben);
    await page.bringToFront();
    await until(async () => (await notices(page)).length === 0, "what is read is not told any more");
    await until(() => page.evaluate(() => globalThis.badge === 0), "nothing stands on the icon");
    await ben.open(ada);
  },

  async "logging out leaves nothing of it"(stage) {
    const { olga } = stage.people;
    await olga.logOut();
    await olga.page.getByRole("heading", { name: "Log in" }).waitFor();
    await until(async () => (await olga.page.evaluate(async () => (await caches.keys()).length)) === 0, "the caches are empty");
    same(await notices(olga.page), [], "notices");
    await olga.logIn();
    await olga.isIn();
    await isKept(olga.page);
    await olga.context.close();
  },

  async "a newer page is offered, and loaded when one wants it"(stage) {
    const way = await openNewer(stage.url);
    const uma = await stage.newPerson("Uma", { baseURL: way.url });
    const { page } = uma;
    await uma.signUp();
    await isKept(page);
    way.renew();
    // What the page does by itself when one returns to it after an hour.
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
    const offer = page.getByRole("button", { name: "Load it" });
    await offer.waitFor();
    await stage.checkAccess(page, "a newer page");
    await stage.picture(page, "newer-page");
    await page.evaluate(() => Object.assign(globalThis, { isOlder: true }));
    await offer.click();
    await until(() => page.evaluate(() => !("isOlder" in globalThis)).catch(() => false), "the newer page is there");
    await uma.isIn();
    same(await offer.count(), 0, "offers of a newer page than that");
    await uma.context.close();
    await way.remove();
  },
};
