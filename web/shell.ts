// Tells the worker what the page is made of, when both are built.
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import type { Plugin } from "vite";

/** Where the worker looks for it. */
const MARK = "__SHELL__";
const WORKER = "worker.js";

/** Every file of the client: what was built, what lies in `public`, and the page itself. */
export function shell(publicDir: string): Plugin {
  return {
    name: "confab-shell",
    enforce: "post",
    generateBundle(_, bundle) {
      const worker = bundle[WORKER];
      if (worker?.type !== "chunk") throw new Error(`${WORKER} is not built`);
      const page = bundle["index.html"];
      if (page?.type !== "asset") throw new Error("the page is not built");
      const built = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const lying = readdirSync(publicDir, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? `${entry.parentPath}/${entry.name}`.slice(publicDir.length + 1) : []));
      const files = ["/", ...[...built, ...lying].map((name) => `/${name}`)].sort();
      // The page names its own files, whose names say what is in them; what the worker does is told by the browser.
      const version = createHash("sha256").update(page.source).update(files.join("\n")).digest("hex").slice(0, 16);
      const code = worker.code.replaceAll(MARK, JSON.stringify({ version, files }));
      if (code === worker.code) throw new Error(`${WORKER} does not ask what the page is made of`);
      worker.code = code;
    },
  };
}
