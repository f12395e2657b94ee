// A way to the server that can be shut: for a page behind it the server is down.
import { connect, createServer } from "node:net";

/** Opens a way to the server at `url`, at an address of its own. */
export async function openDoor(url) {
  const { hostname, port } = new URL(url);
  const sockets = new Set();
  let isShut = false;
  const door = createServer((outside) => {
    if (isShut) return outside.destroy();
    const inside = connect({ host: hostname, port: Number(port) });
    for (const [one, other] of [[outside, inside], [inside, outside]]) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise((resolve) => door.listen(0, "127.0.0.1", resolve));
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    url: `http://localhost:${door.address().port}`,
    /** What is under way is cut off, and nothing new comes through. */
    shut: () => {
      isShut = true;
      cut();
    },
    open: () => {
      isShut = false;
    },
    /** Cuts off what is under way, as a net does that changes. */
    cut,
    remove: async () => {
      cut();
      await new Promise((resolve) => door.close(resolve));
    },
  };
}
