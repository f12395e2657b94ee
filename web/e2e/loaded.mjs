// What a page has loaded.
import { gzipSync } from "node:zlib";

/** How many bytes of script and style a page has loaded until now, compressed. */
export async function loadedBytes(page) {
  const files = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.includes("/assets/")));
  if (files.length === 0) throw new Error("the page has loaded nothing");
  const sizes = await Promise.all([...new Set(files)].map(async (file) => gzipSync(Buffer.from(await (await fetch(file)).arrayBuffer())).length));
  return sizes.reduce((sum, size) => sum + size, 0);
}
