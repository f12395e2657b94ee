// @vitest-environment node
// What the page loads before it shows anything.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

/** Types leave nothing behind; neither does what is imported when it is needed. */
const IMPORT = /^(?:import|export) (?!type )(?:[^"';]+ from )?"([^"]+)"/gm;

/** Everything that `file` imports, and what that imports in turn; packages by their names. */
function importsOf(file: string, found = new Set<string>()): Set<string> {
  for (const [, name = ""] of readFileSync(file, "utf8").matchAll(IMPORT)) {
    const path = name.startsWith(".") ? join(dirname(file), name) : name;
    if (found.has(path)) continue;
    found.add(path);
    const source = [".ts", ".tsx"].map((ending) => path + ending).find(isThere);
    if (source) importsOf(source, found);
  }
  return found;
}

function isThere(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

it("the log-in is drawn without the contract and all that reads it: that takes longer than drawing it", () => {
  const imports = [...importsOf(join(import.meta.dirname, "../main.tsx"))];
  expect(imports.some((path) => path.endsWith("/sign-in-page"))).toBe(true);
  expect(imports.filter((path) => path.endsWith("_pb") || /^@(?:bufbuild|connectrpc)\//.test(path) || path === "dexie")).toEqual([]);
});

it("what is kept is read without the contract, too", () => {
  const imports = [...importsOf(join(import.meta.dirname, "../kept/database.ts"))];
  expect(imports).toContain("dexie");
  expect(imports.filter((path) => path.endsWith("_pb") || /^@(?:bufbuild|connectrpc)\//.test(path))).toEqual([]);
});
