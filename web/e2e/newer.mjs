// A way to the server behind which it can have a newer page than the browser has.
import { once } from "node:events";
import { createServer, request } from "node:http";

const WORKER = "/worker.js";

/** Opens a way to the server at `url`, at an address of its own. */
export async function openNewer(url) {
  let isNewer = false;
  const server = createServer((asked, answered) => {
    const isChanged = isNewer && asked.url === WORKER;
    const { "if-none-match": _tag, "accept-encoding": _packed, ...plain } = asked.headers;
    const onward = request(new URL(asked.url, url), { method: asked.method, headers: isChanged ? plain : asked.headers }, (answer) => {
      const { "content-length": _length, etag: _etag, ...changed } = answer.headers;
      answered.writeHead(answer.statusCode, isChanged ? changed : answer.headers);
      // To a browser any other byte is another worker, and so another page.
      if (isChanged) answered.write("// Newer.\n");
      answer.pipe(answered);
    });
    onward.on("error", () => answered.destroy());
    answered.on("close", () => onward.destroy());
    asked.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://localhost:${server.address().port}`,
    /** From now on the page is newer. */
    renew: () => {
      isNewer = true;
    },
    remove: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
