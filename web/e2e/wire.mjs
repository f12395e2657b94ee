// Calls that a page makes by itself, past its own code: for what people would have to type too long.

/** So many calls are under way at the same time. */
const TOGETHER = 6;

/** Calls `path`, as "message.v1.MessageService/SendMessage", with the fields of a request by their numbers; returns the status. */
export async function call(page, path, fields) {
  const [status] = await callAll(page, path, [fields]);
  return status;
}

/** The same with many requests, in their order; returns the status of each. */
export function callAll(page, path, requests) {
  const bodies = requests.map((fields) => framed(encoded(fields)).toString("base64"));
  return page.evaluate(
    async ([address, all, together]) => {
      const statuses = [];
      let next = 0;
      const work = async () => {
        while (next < all.length) {
          const at = next++;
          const body = Uint8Array.from(atob(all[at]), (letter) => letter.charCodeAt(0));
          const answer = await fetch(`/confab.${address}`, { method: "POST", headers: { "content-type": "application/grpc-web+proto", "x-grpc-web": "1" }, body });
          const trailers = new TextDecoder().decode(await answer.arrayBuffer());
          statuses[at] = Number(answer.headers.get("grpc-status") ?? /grpc-status: ?(\d+)/.exec(trailers)?.[1]);
        }
      };
      await Promise.all(Array.from({ length: together }, work));
      return statuses;
    },
    [path, bodies, TOGETHER],
  );
}

/** What `path` answers, as "/v1/conversations", asked in JSON. */
export function ask(page, path) {
  return page.evaluate(async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status} from ${address}: ${await answer.text()}`);
    return answer.json();
  }, path);
}

/** A whole answer, for a page that is to get one that no server gives. */
export function answered(fields) {
  const trailers = Buffer.from("grpc-status: 0\r\n");
  const end = Buffer.alloc(5);
  end.writeUInt8(0x80);
  end.writeUInt32BE(trailers.length, 1);
  return { status: 200, headers: { "content-type": "application/grpc-web+proto" }, body: Buffer.concat([framed(encoded(fields)), end, trailers]) };
}

/** A message as it goes over the wire, with how long it is before it. */
export function framed(message) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** A message: texts, numbers, bytes, messages within by their fields; a list repeats its field. */
export function encoded(fields) {
  const parts = [];
  const varint = (value) => {
    for (; value > 127; value = Math.floor(value / 128)) parts.push(Buffer.from([(value % 128) + 128]));
    parts.push(Buffer.from([value]));
  };
  for (const [field, values] of Object.entries(fields)) {
    for (const value of Array.isArray(values) ? values : [values]) {
      const isNumber = typeof value === "number";
      varint(Number(field) * 8 + (isNumber ? 0 : 2));
      if (isNumber) {
        varint(value);
        continue;
      }
      const body = typeof value === "string" ? Buffer.from(value) : Buffer.isBuffer(value) ? value : encoded(value);
      varint(body.length);
      parts.push(body);
    }
  }
  return Buffer.concat(parts);
}
