// Has this device told of messages while no page is open, by web push. Fetched by
// those who want it, or look at the settings.
import type { Client } from "@connectrpc/connect";
import { problemOf } from "../../api/problem";
import type { Api } from "../../api/transport";
import { PushService } from "../../gen/confab/message/v1/push_service_pb";
import "../../words/of-settings";
import { say } from "../../words/say";
import type { PushSettings, TellAs } from "../../worker/push";
import { PUSH_KEY } from "../notifying/choice";

/** What is used of the browser, so that tests can do without one. */
export interface PushWorld {
  /** The worker's; `undefined` if there is none. */
  readonly registration: () => Promise<Pick<ServiceWorkerRegistration, "pushManager" | "active"> | undefined>;
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
}

/** How this device is told. */
export type PushState = "off" | "on" | "hidden";

/** Why it cannot be. */
export type PushLack = "browser" | "server";

/** The browser's push service did not let us. */
export class NoPushService extends Error {}

/** What the browser and the server know of each other. */
export class Pushing {
  readonly #push: Client<typeof PushService>;

  constructor(
    api: Pick<Api, "of">,
    private readonly world: PushWorld,
  ) {
    this.#push = api.of(PushService);
  }

  /** How it stands. Throws what the call throws. */
  async look(): Promise<PushState | PushLack> {
    const registration = await this.world.registration();
    if (!registration || !("pushManager" in registration)) return "browser";
    if ((await this.#push.getPushKey({})).publicKey.length === 0) return "server";
    const [{ subscription }, own] = [await this.#push.getPushSubscription({}), await registration.pushManager.getSubscription()];
    if (!subscription || subscription.endpoint !== own?.endpoint) return "off";
    return subscription.hideText ? "hidden" : "on";
  }

  /** Has this device told. Throws `NoPushService`, and what the calls throw. */
  async turnOn(hideText: boolean, isSilent: boolean): Promise<void> {
    const registration = await this.world.registration();
    if (!registration) throw new NoPushService();
    const { publicKey } = await this.#push.getPushKey({});
    const own = await subscribed(registration.pushManager, publicKey);
    const [p256dh, auth] = [own.getKey("p256dh"), own.getKey("auth")];
    if (!p256dh || !auth) throw new NoPushService();
    tell(registration.active, isSilent);
    await this.#push.setPushSubscription({ endpoint: own.endpoint, p256dh: new Uint8Array(p256dh), auth: new Uint8Array(auth), hideText });
    attempt(() => this.world.storage.setItem(PUSH_KEY, hideText ? "hidden" : "on"));
  }

  /** Has it told no more. Throws what the call throws. */
  async turnOff(): Promise<void> {
    attempt(() => this.world.storage.removeItem(PUSH_KEY));
    await this.#push.deletePushSubscription({});
    const own = await (await this.world.registration())?.pushManager.getSubscription();
    await own?.unsubscribe();
  }

  /** Puts right what may have changed while no page was open: the subscription, which the browser or the server may have ended, their keys, and the words. */
  async renew(isSilent: boolean): Promise<void> {
    try {
      await this.turnOn(this.world.storage.getItem(PUSH_KEY) === "hidden", isSilent);
    } catch (thrown) {
      // Without a net, or a push service: the next page tries again, and the settings say how it stands.
      if (!(thrown instanceof NoPushService)) console.warn("push is not renewed:", problemOf(thrown).text);
    }
  }
}

/** The browser's own. */
export function pushWorld(window: Window): PushWorld {
  const workers = window.navigator.serviceWorker as ServiceWorkerContainer | undefined;
  return { registration: async () => workers?.getRegistration(), storage: window.localStorage };
}

/** A subscription by the key of this server: what belongs to another key is of no use any more. */
async function subscribed(manager: PushManager, key: Uint8Array): Promise<PushSubscription> {
  try {
    const own = await manager.getSubscription();
    if (own && isSame(own.options.applicationServerKey, key)) return own;
    await own?.unsubscribe();
    return await manager.subscribe({ userVisibleOnly: true, applicationServerKey: new Uint8Array(key) });
  } catch (thrown) {
    throw new NoPushService(String(thrown), { cause: thrown });
  }
}

function isSame(one: ArrayBuffer | null, other: Uint8Array): boolean {
  const bytes = new Uint8Array(one ?? new ArrayBuffer(0));
  return bytes.length === other.length && bytes.every((byte, at) => byte === other[at]);
}

/** Leaves the words with the worker, in the language that is spoken now. */
function tell(worker: ServiceWorker | null, isSilent: boolean): void {
  const words = { message: say("push.message"), somebody: say("people.left"), image: say("files.picture"), video: say("files.video"), audio: say("files.sound"), file: say("files.file") };
  const settings: PushSettings = { isSilent, words };
  worker?.postMessage({ kind: "tell-as", settings } satisfies TellAs);
}

/** Full or refused storage: then no page renews it. */
function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // See above.
  }
}
