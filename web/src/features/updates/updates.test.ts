// A newer page: noticed, offered, taken when one wants to.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Updates } from "./updates";

const HOUR_MS = 3_600_000;

let now = 0;
let registration: EventTarget & { waiting: unknown; active: unknown; installing: EventTarget | null; update: () => Promise<void> };
let workers: EventTarget & { controller: unknown };
let page: EventTarget & { visibilityState: string };
const reload = vi.fn();
const told = vi.fn();

function start(): Updates {
  const updates = new Updates({ workers, page, now: () => now, reload } as unknown as ConstructorParameters<typeof Updates>[0]);
  return updates;
}

/** A newer build is kept, and waits for the pages of this one to go. */
function arrives(): void {
  registration.installing = new EventTarget();
  registration.dispatchEvent(new Event("updatefound"));
  registration.waiting = { postMessage: told };
  registration.installing.dispatchEvent(new Event("statechange"));
}

beforeEach(() => {
  now = 0;
  reload.mockReset();
  told.mockReset();
  registration = Object.assign(new EventTarget(), { waiting: null, active: { postMessage: told }, installing: null, update: vi.fn(async () => {}) });
  workers = Object.assign(new EventTarget(), { controller: {}, register: async () => registration, ready: Promise.resolve(registration) });
  page = Object.assign(new EventTarget(), { visibilityState: "visible" });
});

describe("a newer page", () => {
  it("is offered when it is there, and shown when one wants to", async () => {
    const updates = start();
    await updates.keep();
    expect([updates.store.getState(), told.mock.calls]).toEqual([false, [["keep"]]]);
    arrives();
    expect([updates.store.getState(), reload.mock.calls.length]).toEqual([true, 0]);
    updates.take();
    expect(told).toHaveBeenLastCalledWith("take-over");
    workers.dispatchEvent(new Event("controllerchange"));
    expect(reload).toHaveBeenCalledTimes(1);
  });

  it("that another tab has taken is offered here, and not forced on anybody", async () => {
    const updates = start();
    await updates.keep();
    workers.dispatchEvent(new Event("controllerchange"));
    expect([updates.store.getState(), reload.mock.calls.length]).toEqual([true, 0]);
    updates.take();
    expect(reload).toHaveBeenCalledTimes(1);
  });

  it("is no news when it is the first that is kept", async () => {
    Object.assign(workers, { controller: null });
    registration.active = null;
    Object.assign(workers, { ready: Promise.resolve({ active: null }) });
    const updates = start();
    await updates.keep();
    arrives();
    workers.dispatchEvent(new Event("controllerchange"));
    expect(updates.store.getState()).toBe(false);
  });

  it("is asked for when one returns after an hour, not each time", async () => {
    const updates = start();
    await updates.keep();
    page.dispatchEvent(new Event("visibilitychange"));
    expect(registration.update).not.toHaveBeenCalled();
    now = HOUR_MS + 1;
    page.dispatchEvent(new Event("visibilitychange"));
    page.dispatchEvent(new Event("visibilitychange"));
    expect(registration.update).toHaveBeenCalledTimes(1);
  });

  it("is kept again by whoever logs in after somebody has logged out, and asked for once", async () => {
    const updates = start();
    await updates.keep();
    await updates.keep();
    expect(told.mock.calls).toEqual([["keep"], ["keep"]]);
    arrives();
    updates.take();
    workers.dispatchEvent(new Event("controllerchange"));
    expect(reload).toHaveBeenCalledTimes(1);
  });

  it("is not missed by a browser that keeps nothing", async () => {
    Object.assign(workers, { register: () => Promise.reject(new Error("refused")) });
    const updates = start();
    await expect(updates.keep()).resolves.toBeUndefined();
  });
});
