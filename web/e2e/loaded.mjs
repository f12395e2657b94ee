// What a page has loaded.
import { gzipSync } from "node:zlib";

/** What is smaller than this is sent as it is. */
const PACKED_MIN = 1_024;

/** How many bytes of script and style a page has loaded until now, compressed. Throws if the server sends them otherwise. */
export async function loadedBytes(page) {
  const files = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.includes("/assets/")));
  if (files.length === 0) throw new Error("the page has loaded nothing");
  const sizes = await Promise.all([...new Set(files)].map(sizeOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function sizeOf(file) {
  const answers = await Promise.all(["gzip", "br", "identity"].map((coding) => fetch(file, { headers: { "accept-encoding": coding } })));
  const [content, ...others] = await Promise.all(answers.map(async (answer) => Buffer.from(await answer.arrayBuffer())));
  if (others.some((other) => !content.equals(other))) throw new Error(`${file} is another when it is packed`);
  const codings = answers.map(({ headers }) => headers.get("content-encoding")).join();
  if (codings !== (content.length < PACKED_MIN ? ",," : "gzip,br,")) throw new Error(`${file} comes as ${codings}`);
  if (new Set(answers.map(({ headers }) => headers.get("etag"))).size !== (content.length < PACKED_MIN ? 1 : 3)) throw new Error(`${file} has one tag for all it is`);
  return gzipSync(content).length;
}
