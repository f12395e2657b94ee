// A server that is down.
import { openDoor } from "../door.mjs";

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
    await nora.context.close();
    await stage.door.remove();
  },
};
