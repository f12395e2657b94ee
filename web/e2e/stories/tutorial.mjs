// The API of the chat app that many tutorials build, as its client uses it: with axios and socket.io-client from npm.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { same, until } from "../browser.mjs";
import { BLUE, GREEN, png, pngFile, RED, shows, showsIn } from "../pixels.mjs";

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

/** A picture as the app sends it, from `FileReader`. */
function dataUrl(left, right) {
  return `data:image/png;base64,${png(left, right).toString("base64")}`;
}

/** Draws a picture as the app does, in an `<img>` with the cookie of its page, and looks at it. */
async function draws(page, address, left, right) {
  const image = await page.evaluateHandle(async (src) => {
    const drawn = Object.assign(new Image(), { src });
    await drawn.decode();
    return drawn;
  }, address);
  await showsIn(image, left, right);
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

  async "pictures go from the app to our page, and the other way round"(stage) {
    const { wes, wesId, tiaApp, tiaTab } = stage;
    const sent = await ask(tiaApp, "post", `/messages/send/${wesId}`, { text: "the harbour", image: dataUrl(RED, BLUE) });
    same(sent.status, 201, "a picture");
    same((await hears(tiaTab, "the harbour")).image, sent.data.image, "the picture in the other tab");
    await draws(tiaApp, sent.data.image, RED, BLUE);
    const found = wes.message("the harbour").locator("[data-picture=there]");
    await found.waitFor();
    await shows(found, RED, BLUE);
    await stage.picture(wes.page, "picture-from-the-app");
    const alone = await ask(tiaApp, "post", `/messages/send/${wesId}`, { text: "", image: dataUrl(GREEN, RED) });
    same([alone.status, alone.data.text], [201, ""], "a picture without words");

    await wes.page.getByTestId("chooser").setInputFiles([pngFile("pier.png", BLUE, GREEN)]);
    await wes.page.getByRole("list", { name: "Attached files" }).locator("[data-upload=done]").waitFor();
    await wes.write("and the pier");
    const heard = await hears(tiaApp, "and the pier");
    await draws(tiaApp, heard.image, BLUE, GREEN);
    const history = (await ask(tiaApp, "get", `/messages/${wesId}`)).data;
    same(history.slice(-3).map(({ image }) => image), [sent.data.image, alone.data.image, heard.image], "the pictures in the history");

    for (const image of ["https://elsewhere.example/a.png", "data:image/png;base64,AAAA", `data:image/png;base64,${Buffer.from("no picture").toString("base64")}`, dataUrl(RED, RED).replace("image/png", "text/html")]) {
      const refused = await ask(tiaApp, "post", `/messages/send/${wesId}`, { image });
      same([refused.status, typeof refused.data.message], [400, "string"], "what is no picture");
    }
    const large = await ask(tiaApp, "post", `/messages/send/${wesId}`, { image: `data:image/png;base64,${"A".repeat(15_000_000)}` });
    same([large.status, typeof large.data.message], [413, "string"], "what is too large");
  },

  async "the app sets a picture of oneself, which our page shows, and the other way round"(stage) {
    const { tia, wes, wesId, tiaApp, tiaId } = stage;
    const set = await ask(tiaApp, "put", "/auth/update-profile", { profilePic: dataUrl(GREEN, BLUE) });
    same([set.status, set.data._id, set.data.fullName], [200, tiaId, tia.name], "the profile");
    await draws(tiaApp, set.data.profilePic, GREEN, BLUE);
    same((await ask(tiaApp, "get", "/auth/check")).data.profilePic, set.data.profilePic, "the picture of oneself");
    same(await ask(tiaApp, "put", "/auth/update-profile", {}), { status: 400, data: { message: "Profile pic is required" } }, "no picture");
    await wes.page.getByRole("button", { name: "Details", exact: true }).click();
    const panel = wes.page.getByRole("complementary", { name: "Details" });
    const face = panel.locator("img").first();
    await face.waitFor();
    await showsIn(face, GREEN, BLUE);
    await panel.getByRole("button", { name: "Close the details" }).click();

    await wes.page.getByRole("link", { name: "Settings" }).click();
    await wes.page.getByTestId("picture-chooser").setInputFiles([pngFile("me.png", RED, GREEN)]);
    const dialog = wes.page.getByRole("dialog", { name: "Your picture" });
    await dialog.getByRole("button", { name: "Save" }).and(wes.page.locator(":enabled")).click();
    await dialog.waitFor({ state: "detached" });
    const contact = (await ask(tiaApp, "get", "/messages/users")).data.find(({ _id }) => _id === wesId);
    await draws(tiaApp, contact.profilePic, RED, GREEN);
    await wes.page.getByRole("link", { name: /^Chats/ }).click();
    await wes.open(tia);
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
