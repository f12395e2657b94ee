// People who call the server from here, without a browser: they say much, quickly.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";

/** Messages on their way at once. */
const AT_ONCE = 64;

/** The services of the contract, at a server. */
export function contract(url) {
  const image = execFileSync("npx", ["buf", "build", "..", "--path", "../proto/confab/auth", "--path", "../proto/confab/message", "-o", "-"], { maxBuffer: 2 ** 26 });
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  return (name, token) => {
    const authorized = (next) => (request) => {
      if (token) request.header.set("authorization", `Bearer ${token}`);
      return next(request);
    };
    return createClient(registry.getService(name), createGrpcWebTransport({ baseUrl: url, interceptors: [authorized] }));
  };
}

/** Says `count` things to somebody; resolves when all are stored. */
export async function sayMuch(messages, target, count, onProgress = () => {}) {
  let next = 0;
  const one = async () => {
    for (let at = next++; at < count; at = next++) {
      await messages.sendMessage({ target, clientId: randomUUID(), text: `${at + 1} ${WORDS.slice(at % 7, 4 + ((at * 7919) % WORDS.length)).join(" ")}` });
      if ((at + 1) % 10_000 === 0) onProgress(at + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

const WORDS = "the engine weaves algebraic patterns just as the loom weaves flowers and leaves and nobody knows yet what it may compose one day when all its wheels are in their places".split(" ");
