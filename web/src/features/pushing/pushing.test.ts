// What the browser and the server are told when one wants to be told.
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createApi } from "../../api/transport";
import { PushService } from "../../gen/confab/message/v1/push_service_pb";
import { isPushWanted } from "../notifying/choice";
import { NoPushService, Pushing } from "./pushing";

const KEY = new Uint8Array(65).fill(4);
let kept: { endpoint: string; hideText: boolean } | undefined;
let serverKey: Uint8Array;
let isDown: boolean;

const api = createApi(
  createRouterTransport(({ service }) => {
    service(PushService, {
      getPushKey: () => {
        if (isDown) throw new ConnectError("down", Code.Unavailable);
        return { publicKey: new Uint8Array(serverKey) };
      },
      getPushSubscription: () => ({ subscription: kept }),
      setPushSubscription: ({ endpoint, hideText, p256dh, auth }) => {
        expect([p256dh.length, auth.length]).toEqual([65, 16]);
        kept = { endpoint, hideText };
        return {};
      },
      deletePushSubscription: () => {
        kept = undefined;
        return {};
      },
    });
  }),
);

/** A browser that subscribes, unless it is told not to. */
function browser({ refuses = false } = {}) {
  let own: PushSubscription | undefined;
  let count = 0;
  const subscribe = vi.fn(async ({ applicationServerKey }: { applicationServerKey: Uint8Array }) => {
    if (refuses) throw new DOMException("push service not available", "AbortError");
    count += 1;
    const keys = { p256dh: new Uint8Array(65).buffer, auth: new Uint8Array(16).buffer };
    own = {
      endpoint: `https://push.example.net/${count}`,
      options: { applicationServerKey: new Uint8Array(applicationServerKey).buffer, userVisibleOnly: true },
      getKey: (name: keyof typeof keys) => keys[name],
      unsubscribe: async () => {
        own = undefined;
        return true;
      },
    } as unknown as PushSubscription;
    return own;
  });
  const active = { postMessage: vi.fn() };
  const registration = { pushManager: { getSubscription: async () => own ?? null, subscribe }, active };
  const storage = new Map<string, string>();
  const world = {
    registration: async () => registration as never,
    storage: { getItem: (key: string) => storage.get(key) ?? null, setItem: (key: string, value: string) => void storage.set(key, value), removeItem: (key: string) => void storage.delete(key) },
  };
  return { pushing: new Pushing(api, world), subscribe, active, world };
}

beforeEach(() => {
  [kept, serverKey, isDown] = [undefined, KEY, false];
});

describe("a device", () => {
  it("is told when one wants it, of what one wants, and no more when one does not", async () => {
    const { pushing, active, world } = browser();
    expect(await pushing.look()).toBe("off");
    await pushing.turnOn(false, true);
    expect([await pushing.look(), kept?.endpoint, isPushWanted(world.storage)]).toEqual(["on", "https://push.example.net/1", true]);
    expect(active.postMessage.mock.calls[0]?.[0]).toMatchObject({ kind: "tell-as", settings: { isSilent: true, words: { message: "New message" } } });
    await pushing.turnOn(true, true);
    expect([await pushing.look(), kept?.endpoint]).toEqual(["hidden", "https://push.example.net/1"]);
    await pushing.turnOff();
    expect([await pushing.look(), kept, isPushWanted(world.storage)]).toEqual(["off", undefined, false]);
  });

  it("subscribes anew when the server has another key, or has forgotten it", async () => {
    const { pushing, subscribe } = browser();
    await pushing.turnOn(true, false);
    kept = undefined;
    await pushing.renew(false);
    expect([kept, subscribe.mock.calls.length]).toEqual([{ endpoint: "https://push.example.net/1", hideText: true }, 1]);
    serverKey = new Uint8Array(65).fill(5);
    await pushing.renew(false);
    expect(kept).toEqual({ endpoint: "https://push.example.net/2", hideText: true });
  });

  it("says why it cannot be told", async () => {
    expect(await new Pushing(api, { ...browser().world, registration: async () => undefined }).look()).toBe("browser");
    await expect(browser({ refuses: true }).pushing.turnOn(false, false)).rejects.toBeInstanceOf(NoPushService);
    serverKey = new Uint8Array();
    expect(await browser().pushing.look()).toBe("server");
  });

  it("that cannot be renewed now is left as it is", async () => {
    const { pushing, world } = browser();
    await pushing.turnOn(false, false);
    isDown = true;
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    await pushing.renew(false);
    expect([isPushWanted(world.storage), warn.mock.calls.length]).toEqual([true, 1]);
  });
});
