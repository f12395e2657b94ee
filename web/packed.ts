// Packs the files of the client when it is built, so that the server need not do it for each browser.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** What gets smaller; pictures are packed already. */
const PACKABLE = /\.(?:html|js|css|svg|json|webmanifest)$/;
/** What goes into one packet of the net as it is. */
const BYTES_MIN = 1_024;
/** As the endings of their names say. */
const PACKINGS = {
  br: (content: Buffer) => brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
  gz: (content: Buffer) => gzipSync(content, { level: 9 }),
};

/** Puts `<name>.br` and `<name>.gz` beside every file that is worth it. */
export function packed(): Plugin {
  return {
    name: "confab-packed",
    apply: "build",
    writeBundle({ dir = "dist" }) {
      for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !PACKABLE.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const content = readFileSync(path);
        if (content.length < BYTES_MIN) continue;
        for (const [ending, pack] of Object.entries(PACKINGS)) writeFileSync(`${path}.${ending}`, pack(content));
      }
    },
  };
}
