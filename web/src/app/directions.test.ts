// The look is the same in languages that are written from right to left: it has
// a start and an end, and neither left nor right.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const COMPONENTS = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => /(?<!\.test)\.tsx$/.test(path));
/** Names of styles that mean a side of the screen. */
const SIDES = /(?<![\w-])-?(?:[mp][lr]|left|right|border-[lr]|rounded-(?:[lr]|[tb][lr])|text-(?:left|right)|float-(?:left|right)|scroll-[mp][lr])(?:-[\w[\]./]+)?(?![\w-])/g;
/** It is put where it belongs by numbers, from the corner of the window. */
const FROM_THE_CORNER = ["left-0"];

it.each(COMPONENTS)("%s names no side of the screen in its styles", (path) => {
  const source = readFileSync(join("src", path), "utf8");
  const styles = [...source.matchAll(/className=(?:"([^"]*)"|\{`([^`]*)`\})/g)].map(([, plain, template]) => plain ?? template ?? "");
  const found = styles.flatMap((style) => style.match(SIDES) ?? []);
  expect(found.filter((name) => path !== join("ui", "floating.tsx") || !FROM_THE_CORNER.includes(name))).toEqual([]);
});
