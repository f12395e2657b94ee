// What a text with markdown is made of. A parser that many use reads it; what
// it finds becomes a tree of our own, of the few kinds that messages have.
// Nothing here makes markup: HTML in a text is text. Fetched when a text needs it.
import MarkdownIt, { type Token } from "markdown-it";
import { linkAddress } from "../conversation/text-pieces";
import type { Kind, Part } from "./part";

/** Lists in lists and quotes in quotes, and no deeper; what is deeper is text. */
const NESTING_MAX = 20;

const parser = new MarkdownIt("zero", { html: false, linkify: false, breaks: true, maxNesting: NESTING_MAX }).enable(["blockquote", "fence", "list", "autolink", "backticks", "emphasis", "escape", "link", "newline", "strikethrough", "balance_pairs", "fragments_join"]);
parser.validateLink = (url) => linkAddress(url) !== undefined;
parser.normalizeLink = (url) => url;
parser.normalizeLinkText = (url) => url;

/** The parts of a text, in order. */
export function partsOf(text: string): readonly Part[] {
  return treeOf(parser.parse(text, {}));
}

const KINDS: Readonly<Record<string, Kind>> = {
  paragraph: "paragraph",
  blockquote: "quote",
  bullet_list: "bullets",
  ordered_list: "numbers",
  list_item: "item",
  strong: "strong",
  em: "emphasis",
  s: "strike",
  link: "link",
};

/** The parser gives a row of beginnings and ends. */
function treeOf(tokens: readonly Token[]): readonly Part[] {
  const root: Part[] = [];
  const open: Part[][] = [root];
  for (const token of tokens) {
    const into = open.at(-1) ?? root;
    if (token.nesting === -1) {
      if (open.length > 1) open.pop();
      continue;
    }
    const part = partOf(token);
    if (part) into.push(...part);
    if (token.nesting === 1) open.push((into.at(-1)?.children as Part[] | undefined) ?? []);
  }
  return root;
}

function partOf(token: Token): readonly Part[] | undefined {
  const { type, content } = token;
  switch (type) {
    case "inline":
      return treeOf(token.children ?? []);
    case "text":
      return content === "" ? undefined : [{ kind: "words", text: content }];
    case "softbreak":
    case "hardbreak":
      return [{ kind: "break" }];
    case "code_inline":
      return [{ kind: "code", text: content }];
    case "fence":
      return [{ kind: "block", text: content.replace(/\n$/, "") }];
    default:
      return opened(token);
  }
}

/** Something that has others inside. */
function opened(token: Token): readonly Part[] | undefined {
  if (token.nesting !== 1) return undefined;
  const kind = KINDS[token.type.replace(/_open$/, "")];
  const children: Part[] = [];
  // An item of a tight list has no paragraphs.
  if (!kind || token.hidden) return [{ kind: "plain", children }];
  if (kind === "link") return [{ kind, children, address: linkAddress(String(token.attrGet("href"))) ?? "" }];
  return [{ kind, children, ...(kind === "numbers" && { start: Number(token.attrGet("start") ?? 1) }) }];
}
