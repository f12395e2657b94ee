// The clients of npm against a real server: grpc-web and connect-web in a page, connect-node in a program.
import { createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, runnerImport } from "vite";
import { same, until } from "../browser.mjs";

const CLIENTS = fileURLToPath(new URL("../clients.mjs", import.meta.url));

const NOT_FOUND = 5;
const INVALID_ARGUMENT = 3;
const UNAUTHENTICATED = 16;

/** The clients, for a page. */
async function bundled() {
  const [{ output }] = await build({ configFile: false, logLevel: "error", build: { write: false, minify: false, lib: { entry: CLIENTS, formats: ["iife"], name: "clients" } } });
  return `(() => { ${output[0].code}\nglobalThis.clients = clients; })()`;
}

/** Fails unless the calls came to what they have to. */
function checkTried({ name, frames, missing, invalid, stream }, expected, client) {
  same([name, frames], [expected, ["knownHeadsNeeded"]], `what ${client} was told`);
  same([missing.code, missing.reasons, missing.text.length > 0], [NOT_FOUND, ["confab/NO_SUCH_CONVERSATION"], true], `what ${client} reads of something missing`);
  same([invalid.code, invalid.reasons.length, invalid.fields], [INVALID_ARGUMENT, 1, ["conversation_id", "seq"]], `what ${client} reads of something wrong`);
  same([stream.code, stream.reasons.length, stream.fields], [INVALID_ARGUMENT, 1, ["epoch"]], `what ${client} reads of a stream that is refused`);
}

export const clients = {
  async "grpc-web and connect-web of npm call, stream and read why something is refused"(stage) {
    const nia = await stage.newPerson("Nia");
    await nia.signUp();
    await nia.page.evaluate(await bundled());
    const [text, binary, connect] = await nia.page.evaluate(() => Promise.all([clients.byGrpcWeb("text"), clients.byGrpcWeb("binary"), clients.byConnectWeb()]));
    checkTried(text, nia.name, "grpc-web, in text,");
    same(binary, text, "what grpc-web reads in binary, and in text");
    same(connect, text, "what connect-web reads, and grpc-web");
    Object.assign(stage, { nia, tried: text });
  },

  async "the README's example for pages works as it stands there"({ nia, url }) {
    const readme = await readFile(fileURLToPath(new URL("../../../README.md", import.meta.url)), "utf8");
    const [, example] = /```js\n(.*?)```/s.exec(readme);
    const said = [];
    nia.page.on("console", (message) => message.type() === "log" && said.push(message.args()[0]));
    await nia.page.evaluate(`(async () => { ${example.replaceAll("http://localhost:8080", url)} globalThis.example = events; })()`);
    await until(() => said.length > 1, "the example has said something");
    const [listed, event] = await Promise.all(said.slice(0, 2).map((one) => one.jsonValue()));
    same([Array.isArray(listed.conversations), "ready" in event], [true, true], "what the example says");
    await nia.page.evaluate(() => example.close());
  },

  async "connect-node of npm does so over gRPC-Web and gRPC, with a token"(stage) {
    const { nia, tried, url } = stage;
    const { module } = await runnerImport(CLIENTS, { configFile: false, logLevel: "error" });
    const anybody = createGrpcWebTransport({ baseUrl: url, httpVersion: "1.1" });
    const token = await module.logIn(anybody, nia);
    const bearer = (next) => (request) => {
      request.header.set("authorization", `Bearer ${token}`);
      return next(request);
    };
    const settings = { baseUrl: url, interceptors: [bearer] };
    same(await module.byConnect(createGrpcWebTransport({ ...settings, httpVersion: "1.1" })), tried, "what connect-node reads over gRPC-Web");
    same(await module.byConnect(createGrpcTransport(settings)), tried, "what connect-node reads over gRPC");
    const refused = await module.byConnect(createGrpcTransport({ baseUrl: url })).catch((error) => error);
    same(refused.code, UNAUTHENTICATED, "without a token");
    await nia.context.close();
  },
};
