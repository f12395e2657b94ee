// Gives the client the emoji of Unicode, with the words they are found by: as
// modules of their own, which hold only what a picker needs.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

const MODULE = /^virtual:emoji\/(en|de|cs)$/;
/** The list of emoji is not translated to Czech; Unicode has the words. */
const BY_UNICODE = { language: "cs", file: new URL("../third_party/cldr/emoji-cs.json", import.meta.url) };
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
      const read = (file: string): unknown => JSON.parse(readFileSync(find(file), "utf8"));
      const all = language === BY_UNICODE.language ? translated(read) : (read(`emojibase-data/${language}/compact.json`) as readonly Source[]);
      const shown = all.filter(({ group }) => group !== undefined && group !== COMPONENTS).sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
      const rows = shown.map(({ unicode, label, tags = [], group, skins = [] }) => [unicode, label, tags.join(" "), group, ...(skins.length === TONES ? [skins.map((skin) => skin.unicode)] : [])]);
      // Parsed faster than the same as source text.
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(rows))});`;
    },
  };
}

/** The list, with the names and words of Unicode for each emoji. */
function translated(read: (file: string) => unknown): readonly Source[] {
  const known = JSON.parse(readFileSync(BY_UNICODE.file, "utf8")) as Readonly<Record<string, readonly [label: string, tags: string]>>;
  return (read("emojibase-data/en/compact.json") as readonly Source[]).map((source) => {
    const [label, tags] = known[source.unicode] ?? [];
    return label === undefined || tags === undefined ? source : { ...source, label, tags: [tags] };
  });
}
