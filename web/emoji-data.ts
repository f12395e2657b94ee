// Gives the client the emoji of Unicode, with the words they are found by: as
// modules of their own, which hold only what a picker needs.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

const MODULE = /^virtual:emoji\/(en|de)$/;
/** Skin tones stand for themselves, and are chosen otherwise. */
const COMPONENTS = 2;
/** As many as there are skin tones; those of two people have one for each pair. */
const TONES = 5;

interface Source {
  readonly unicode: string;
  readonly label: string;
  readonly tags?: readonly string[];
  readonly group?: number;
  readonly order?: number;
  readonly skins?: readonly { readonly unicode: string }[];
}

/** `virtual:emoji/en` is a list of emoji, each with its name, other words, group and skin tones. */
export function emojiData(): Plugin {
  const find = createRequire(import.meta.url).resolve;
  return {
    name: "confab-emoji-data",
    resolveId: (id) => (MODULE.test(id) ? `\0${id}` : undefined),
    load(id) {
      const language = MODULE.exec(id.replace("\0", ""))?.[1];
      if (language === undefined) return undefined;
      const all = JSON.parse(readFileSync(find(`emojibase-data/${language}/compact.json`), "utf8")) as readonly Source[];
      const shown = all.filter(({ group }) => group !== undefined && group !== COMPONENTS).sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
      const rows = shown.map(({ unicode, label, tags = [], group, skins = [] }) => [unicode, label, tags.join(" "), group, ...(skins.length === TONES ? [skins.map((skin) => skin.unicode)] : [])]);
      // Parsed faster than the same as source text.
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(rows))});`;
    },
  };
}
