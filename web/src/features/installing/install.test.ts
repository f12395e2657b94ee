// The browser's offer to make a program of the page.
import { expect, it, vi } from "vitest";
import { Install, type InstallOffer } from "./install";

function offer(): InstallOffer {
  return Object.assign(new Event("beforeinstallprompt", { cancelable: true }), { prompt: vi.fn(async () => ({ outcome: "dismissed" as const })) });
}

it("an offer waits until somebody takes it, and is good for once", async () => {
  const page = new EventTarget();
  const install = new Install(page);
  const first = offer();
  page.dispatchEvent(first);
  expect([first.defaultPrevented, install.store.getState()]).toEqual([true, first]);
  await install.take();
  await install.take();
  expect(first.prompt).toHaveBeenCalledTimes(1);
  const second = offer();
  page.dispatchEvent(second);
  page.dispatchEvent(new Event("appinstalled"));
  expect(install.store.getState()).toBeUndefined();
});
