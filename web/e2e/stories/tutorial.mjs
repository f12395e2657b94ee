// The API of the chat app that many tutorials build, as its client uses it: with axios and socket.io-client from npm.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { same, until } from "../browser.mjs";

const { resolve } = createRequire(import.meta.url);
/** What the client is made of: each package has it beside its `package.json`. */
export const LIBRARIES = [["axios", "axios.min.js"], ["socket.io-client", "socket.io.min.js"]].map(([name, file]) => join(dirname(resolve(`${name}/package.json`)), "dist", file));
const PASSWORD = "correct horse battery";

/** Opens a page with the app in a browser of somebody: one of ours, by its address, on which our own client does not run. */
async function open(context) {
  const page = await context.newPage();
  await page.route("**/assets/*", (route) => route.abort());
  await page.goto("/");
  for (const library of LIBRARIES) await page.evaluate(await readFile(library, "utf8"));
  await page.evaluate(() => {
    const api = axios.create({ baseURL: "/api", withCredentials: true });
    globalThis.app = { online: [], messages: [], ended: null };
    app.ask = async (method, url, data) => {
      const answer = await api.request({ method, url, data }).catch((error) => error.response);
      return { status: answer.status, data: answer.data };
    };
    app.connect = (userId, transports) => {
      app.socket = io("/", { query: { userId }, ...(transports && { transports }) });
      app.socket.on("getOnlineUsers", (ids) => (app.online = ids));
      app.socket.on("newMessage", (message) => app.messages.push(message));
      app.socket.on("disconnect", (reason) => (app.ended = reason));
    };
  });
  return page;
}

function ask(page, method, url, data) {
  return page.evaluate((args) => app.ask(...args), [method, url, data]);
}

/** Opens the socket, and waits until it has been told who is online. */
async function connect(page, id, transports) {
  await page.evaluate((args) => app.connect(...args), [id, transports]);
  await until(() => page.evaluate((own) => app.online.includes(own), id), "the app knows who is online");
}

/** Waits for a live message; there must be exactly one with that text. */
async function hears(page, text) {
  const heard = () => page.evaluate((wanted) => app.messages.filter((message) => message.text === wanted), text);
  await until(async () => (await heard()).length > 0, `the app hears "${text}"`);
  const messages = await heard();
  same(messages.length, 1, `how often "${text}" was heard`);
  return messages[0];
}

export const tutorial = {
  async "the tutorial's app signs up, logs out and logs in"(stage) {
    const tia = await stage.newPerson("Tia");
    const app = await open(tia.context);
    const entry = { fullName: tia.name, email: tia.email, password: PASSWORD };
    same((await ask(app, "get", "/auth/check")).status, 401, "before anybody has signed up");
    same(await ask(app, "post", "/auth/signup", { ...entry, password: "short" }), { status: 400, data: { message: "Password must be at least 8 characters" } }, "a short password");
    const signedUp = await ask(app, "post", "/auth/signup", entry);
    same([signedUp.status, signedUp.data.fullName, signedUp.data.email, signedUp.data.profilePic], [201, tia.name, tia.email, ""], "the account");
    same((await ask(app, "get", "/auth/check")).data._id, signedUp.data._id, "who is signed in");
    same(await ask(app, "post", "/auth/signup", entry), { status: 400, data: { message: "Email already exists" } }, "the same address again");
    same((await ask(app, "post", "/auth/logout")).status, 200, "a log-out");
    same(await ask(app, "get", "/auth/check"), { status: 401, data: { message: "Unauthorized - No Token Provided" } }, "after the log-out");
    same(await ask(app, "post", "/auth/login", { email: { $regex: "^t" }, password: PASSWORD }), { status: 400, data: { message: "Invalid credentials" } }, "a log-in with a query");
    same((await ask(app, "post", "/auth/login", { email: tia.email, password: PASSWORD })).data, signedUp.data, "the log-in");
    Object.assign(stage, { tia, tiaApp: app, tiaId: signedUp.data._id });
  },

  async "what the app sends is on our page, and its history has it"(stage) {
    const { tia, tiaApp } = stage;
    const wes = await stage.newPerson("Wes");
    await wes.signUp();
    const contacts = (await ask(tiaApp, "get", "/messages/users")).data;
    const { _id: wesId, email } = contacts.find(({ fullName }) => fullName === wes.name);
    same([email, contacts.some(({ _id }) => _id === stage.tiaId)], ["", false], "the e-mail of others, and oneself among the contacts");
    const sent = await ask(tiaApp, "post", `/messages/send/${wesId}`, { text: "from the app", image: null });
    same([sent.status, sent.data.senderId, sent.data.receiverId], [201, stage.tiaId, wesId], "what was sent");
    await wes.row(tia).waitFor();
    await wes.open(tia);
    await wes.sees("from the app");
    same((await ask(tiaApp, "get", `/messages/${wesId}`)).data, [sent.data], "the history");
    Object.assign(stage, { wes, wesId });
  },

  async "the app hears what is said on our page, by WebSocket and by polling, in every tab"(stage) {
    const { tia, wes, wesId, tiaApp, tiaId } = stage;
    const tab = await open(tia.context);
    stage.tiaTab = tab;
    await Promise.all([connect(tiaApp, tiaId), connect(tab, tiaId, ["polling"])]);
    await until(() => tiaApp.evaluate(() => app.socket.io.engine.transport.name === "websocket"), "the socket is a WebSocket");
    same(await tab.evaluate(() => app.socket.io.engine.transport.name), "polling", "the other tab");
    for (const page of [tiaApp, tab]) await until(() => page.evaluate((id) => app.online.includes(id), wesId), `${wes.name} is online`);
    await wes.write("from our page");
    const [one, other] = await Promise.all([hears(tiaApp, "from our page"), hears(tab, "from our page")]);
    same(one, other, "what both tabs heard");
    same([one.senderId, one.receiverId], [wesId, tiaId], "between whom it was said");
    same((await ask(tab, "get", `/messages/${wesId}`)).data.at(-1), one, "the end of the history");
    const { data } = await ask(tab, "post", `/messages/send/${wesId}`, { text: "from the other tab" });
    same(await hears(tiaApp, "from the other tab"), data, "what the other tab sent");
    await wes.sees("from the other tab");
  },

  async "a closed tab takes nobody offline, and a socket belongs to its session"(stage) {
    const { tia, wes, tiaApp, tiaTab, tiaId, wesId } = stage;
    await tiaTab.close();
    await wes.write("is anybody there?");
    await hears(tiaApp, "is anybody there?");
    const online = await tiaApp.evaluate(() => app.online);
    same([online.includes(tiaId), online.includes(wesId)], [true, true], "who is online");
    const thief = await open(tia.context);
    const refusal = await thief.evaluate(async (id) => {
      const answer = await fetch(`/socket.io/?EIO=4&transport=polling&userId=${id}`);
      return [answer.status, await answer.json()];
    }, wesId);
    same(refusal, [403, { message: "That is not you" }], "the socket of somebody else");
    await thief.close();
  },

  async "when the session ends, so do its sockets"(stage) {
    const { tiaApp, wesId } = stage;
    same((await ask(tiaApp, "post", "/auth/logout")).status, 200, "a log-out");
    await until(() => tiaApp.evaluate(() => app.ended), "the socket has ended");
    same((await ask(tiaApp, "get", `/messages/${wesId}`)).status, 401, "the history after the log-out");
    await stage.wes.context.close();
    await stage.tia.context.close();
  },
};
