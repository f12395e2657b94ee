// Calls that a page makes by itself, past its own code: for what people would have to type too long.

/** Calls `path`, as "message.v1.MessageService/SendMessage", with the texts and numbers of a request by their fields; returns the status. */
export function call(page, path, fields) {
  return page.evaluate(
    async ([address, texts]) => {
      const bytes = [];
      const number = (value) => {
        for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
        bytes.push(value);
      };
      for (const [field, text] of Object.entries(texts)) {
        if (typeof text === "number") {
          number(Number(field) << 3);
          number(text);
          continue;
        }
        const utf8 = new TextEncoder().encode(text);
        number((Number(field) << 3) | 2);
        number(utf8.length);
        bytes.push(...utf8);
      }
      const frame = new Uint8Array(5 + bytes.length);
      new DataView(frame.buffer).setUint32(1, bytes.length);
      frame.set(bytes, 5);
      const answer = await fetch(`/confab.${address}`, { method: "POST", headers: { "content-type": "application/grpc-web+proto", "x-grpc-web": "1" }, body: frame });
      const trailers = new TextDecoder().decode(await answer.arrayBuffer());
      return Number(answer.headers.get("grpc-status") ?? /grpc-status: ?(\d+)/.exec(trailers)?.[1]);
    },
    [path, fields],
  );
}
