// A push service for the stories: takes what the server sends, looks at who sends
// it (RFC 8292), and opens it as the browser would that it is for (RFC 8291).
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { same, until } from "./browser.mjs";

/** No signature of a server is good for longer (RFC 8292, section 2). */
const SIGNATURE_SECONDS_MAX = 24 * 60 * 60;
/** How long the server may take: if it has not seen a page close yet, it waits whether that page reads. */
const PATIENCE_MS = 60_000;

/** Starts one on loopback. */
export async function startPushService() {
  const taken = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    taken.push({ method: request.method, path: request.url, headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(201).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // It is not what a run waits for at its end.
  server.unref();
  return new PushService(`http://127.0.0.1:${server.address().port}`, taken);
}

class PushService {
  constructor(url, taken) {
    Object.assign(this, { url, taken });
  }

  /** What a browser has subscribed with; pages are given it by `subscribeWith`. */
  subscription(name) {
    const key = createECDH("prime256v1");
    key.generateKeys();
    return { endpoint: `${this.url}/${name}`, key, auth: randomBytes(16) };
  }

  /** What is sent next, which has to be for `subscription` and from the server of `serverKey`; opened, with how it was sent. */
  async next(subscription, serverKey) {
    await until(() => this.taken.length > 0, "the server sends something", PATIENCE_MS);
    const { method, path, headers, body } = this.taken.shift();
    same([method, `${this.url}${path}`], ["POST", subscription.endpoint], "where it is sent");
    checkSender(headers.authorization, this.url, serverKey);
    return { headers, text: opened(body, subscription) };
  }
}

/** Fails unless it was signed by who has the key that the browser was given, for this push service, and not for long. */
function checkSender(authorization, audience, serverKey) {
  const [, token, key] = /^vapid t=([\w-]+\.[\w-]+\.[\w-]+), ?k=([\w-]+)$/.exec(authorization) ?? [];
  same(key, serverKey.toString("base64url"), "whose key it is");
  const [head, claims, signature] = token.split(".");
  const point = { x: serverKey.subarray(1, 33).toString("base64url"), y: serverKey.subarray(33).toString("base64url") };
  const publicKey = createPublicKey({ key: { kty: "EC", crv: "P-256", ...point }, format: "jwk" });
  const isSigned = verify("sha256", Buffer.from(`${head}.${claims}`), { key: publicKey, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
  const { aud, exp } = JSON.parse(Buffer.from(claims, "base64url"));
  const left = exp - Date.now() / 1000;
  same([isSigned, aud, left > 0 && left <= SIGNATURE_SECONDS_MAX], [true, audience, true], "who says so");
}

/** Opens what was encrypted for a subscription: one record of RFC 8188. */
function opened(body, { key, auth }) {
  const salt = body.subarray(0, 16);
  const begin = 21 + body[20];
  const [sender, record] = [body.subarray(21, begin), body.subarray(begin)];
  const derived = (secret, by, info, length) => Buffer.from(hkdfSync("sha256", secret, by, info, length));
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), key.getPublicKey(), sender]);
  const secret = derived(key.computeSecret(sender), auth, info, 32);
  const [contentKey, nonce] = [derived(secret, salt, "Content-Encoding: aes128gcm\0", 16), derived(secret, salt, "Content-Encoding: nonce\0", 12)];
  const decipher = createDecipheriv("aes-128-gcm", contentKey, nonce);
  decipher.setAuthTag(record.subarray(-16));
  const plain = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  return plain.subarray(0, plain.lastIndexOf(2)).toString("utf8");
}

/** Has the pages of a browser subscribe there: this one has no push service of its own that could be asked. */
export async function subscribeWith(context, { endpoint, key, auth }) {
  await context.addInitScript(subscribingPage, { endpoint, p256dh: key.getPublicKey("base64"), auth: auth.toString("base64") });
}

/** The key that the page gave to the push service. */
export async function givenKey(page) {
  return Buffer.from(await page.evaluate(() => localStorage.getItem("push-service-of-the-story") ?? ""), "base64");
}

/** In the page: subscribes as a browser does, which keeps it for as long as it is wanted. */
function subscribingPage({ endpoint, p256dh, auth }) {
  const KEPT = "push-service-of-the-story";
  const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer;
  const subscription = (serverKey) => ({
    endpoint,
    options: { userVisibleOnly: true, applicationServerKey: bytes(serverKey) },
    getKey: (name) => bytes(name === "auth" ? auth : p256dh),
    unsubscribe: async () => {
      localStorage.removeItem(KEPT);
      return true;
    },
  });
  PushManager.prototype.getSubscription = async () => {
    const kept = localStorage.getItem(KEPT);
    return kept === null ? null : subscription(kept);
  };
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    const kept = btoa(String.fromCharCode(...new Uint8Array(applicationServerKey)));
    localStorage.setItem(KEPT, kept);
    return subscription(kept);
  };
}

/** Hands `text` to the worker of `origin`, as a browser does with what its push service brings. Any page of the browser shows the way to it. */
export async function deliver(page, origin, text) {
  const session = await page.context().newCDPSession(page);
  const known = new Map();
  session.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
    for (const { registrationId, status, scriptURL } of versions) if (scriptURL === `${origin}/worker.js`) known.set(registrationId, status);
  });
  await session.send("ServiceWorker.enable");
  const ofActive = () => [...known].find(([, status]) => status === "activated")?.[0];
  await until(ofActive, "the worker can be told");
  await session.send("ServiceWorker.deliverPushMessage", { origin, registrationId: ofActive(), data: text });
  await session.detach();
}
