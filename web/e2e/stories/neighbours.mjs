// The tutorial's app as its author runs it: from the development server, on another port than Confab. Nothing of it knows of that but its
// addresses; it calls with axios and socket.io-client from npm, and its socket says nothing of cookies.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { PATIENCE_MS, same, until } from "../browser.mjs";
import { LIBRARIES } from "./tutorial.mjs";

const PASSWORD = "correct horse battery";

/** The development server: an empty page at the origin that the server of Confab was told of, and at another one. */
async function developmentServers() {
  const origin = process.env.CONFAB_COOKIE_ORIGIN;
  if (!origin) throw new Error("CONFAB_COOKIE_ORIGIN has to be what the server was given as --cookie-origin, such as http://localhost:5173");
  const serve = async (port) => {
    const server = createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html><title>The app</title>"));
    await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
    return server;
  };
  const [trusted, other] = [await serve(new URL(origin).port), await serve(0)];
  return { origin, other: `http://localhost:${other.address().port}`, close: () => [trusted, other].forEach((server) => server.close() && server.closeAllConnections()) };
}

/** Opens the app at `origin`, in a browser of somebody. */
async function open(context, origin, server) {
  const page = await context.newPage();
  await page.goto(origin);
  for (const library of LIBRARIES) await page.evaluate(await readFile(library, "utf8"));
  await page.evaluate((url) => {
    const api = axios.create({ baseURL: `${url}/api`, withCredentials: true });
    globalThis.app = { online: [], messages: [] };
    app.ask = async (method, path, data) => {
      const answer = await api.request({ method, url: path, data }).catch((error) => error.response ?? { status: 0 });
      return { status: answer.status, data: answer.data };
    };
    app.connect = (userId) => {
      app.socket = io(url, { query: { userId } });
      app.socket.on("getOnlineUsers", (ids) => (app.online = ids));
      app.socket.on("newMessage", (message) => app.messages.push(message));
    };
  }, server);
  return page;
}

const ask = (page, ...request) => page.evaluate((args) => app.ask(...args), request);

export const neighbours = {
  async "the tutorial's app works from the port of its development server, live messages too"(stage) {
    const servers = await developmentServers();
    // Not watched: these pages are none of ours.
    const contexts = await Promise.all([stage.browser.newContext(), stage.browser.newContext()]);
    for (const context of contexts) context.setDefaultTimeout(PATIENCE_MS);
    const [zoe, kim] = await Promise.all(contexts.map((context) => open(context, servers.origin, stage.url)));
    const ids = [];
    for (const [page, name] of [[zoe, "Zoe"], [kim, "Kim"]]) {
      const email = `${name.toLowerCase()}-${Date.now()}@example.org`;
      const { status, data } = await ask(page, "post", "/auth/signup", { fullName: name, email, password: PASSWORD });
      same([status, data.fullName], [201, name], "the account");
      same((await ask(page, "get", "/auth/check")).data._id, data._id, "who is signed in, by the cookie");
      ids.push(data._id);
    }
    const [zoeId, kimId] = ids;
    same((await ask(zoe, "post", `/messages/send/${kimId}`, { text: "first" })).status, 201, "a message");
    await Promise.all([zoe.evaluate((id) => app.connect(id), zoeId), kim.evaluate((id) => app.connect(id), kimId)]);
    await until(() => kim.evaluate((id) => app.online.includes(id), zoeId), "the app knows who is online");
    same(await kim.evaluate(() => app.socket.io.engine.transport.name), "websocket", "what the socket has become");
    const { data: sent } = await ask(zoe, "post", `/messages/send/${kimId}`, { text: "live" });
    await until(() => kim.evaluate(() => app.messages.length > 0), "the message is heard");
    same(await kim.evaluate(() => app.messages), [sent], "what is heard");
    same((await ask(kim, "get", `/messages/${zoeId}`)).data.map(({ text }) => text), ["first", "live"], "the history");

    // The same page on a port that nobody has trusted, with the same cookies in the browser.
    const stranger = await open(contexts[0], servers.other, stage.url);
    for (const request of [["get", "/auth/check"], ["get", "/messages/users"], ["post", "/auth/logout"]]) same((await ask(stranger, ...request)).status, 0, `${request} from elsewhere`);
    await stranger.evaluate((id) => app.connect(id), zoeId);
    await until(() => stranger.evaluate(() => new Promise((resolve) => app.socket.once("connect_error", () => resolve(true)))), "the socket is refused");
    same((await ask(zoe, "get", "/auth/check")).status, 200, "who is still signed in");
    same((await ask(zoe, "post", "/auth/logout")).status, 200, "the log-out");
    same((await ask(zoe, "get", "/auth/check")).status, 401, "after the log-out");
    for (const context of contexts) await context.close();
    servers.close();
  },
};
