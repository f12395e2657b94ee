// Every language says everything, and nothing is said past them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "vite";
import { describe, expect, it } from "vitest";
import { EMOJI } from "../features/reactions/emoji";
import { CZECH, SPOKEN as SPOKEN_CZECH } from "./czech/czech";
import { ENGLISH } from "./english/english";
import { SECURITY } from "./english/security";
import { GERMAN, SPOKEN as SPOKEN_GERMAN } from "./german/german";
import "./of-settings";
import type { Phrases, Plural } from "./spoken";

const LANGUAGES: Readonly<Record<string, Phrases>> = { en: ENGLISH, cs: CZECH, de: GERMAN };
const CZECH_WORDS = { name: "Czech", words: SPOKEN_CZECH };
const GERMAN_WORDS = { name: "German", words: SPOKEN_GERMAN };
/** What is called the same everywhere. */
const SAME_EVERYWHERE = new Set(["connection.online", "conversation.online", "conversations.online"]);

const SOURCES = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => /\.tsx?$/.test(path) && !/\.test\.|^gen\/|sample\.ts|fake-/.test(path));

describe("every language", () => {
  it.each(Object.entries(LANGUAGES))("%s has the phrases of English, with their gaps", (_, phrases) => {
    expect(Object.keys(phrases).sort()).toEqual(Object.keys(ENGLISH).sort());
    for (const [name, phrase] of Object.entries(phrases)) {
      const english = ENGLISH[name as keyof typeof ENGLISH];
      expect(typeof phrase, name).toBe(typeof english);
      const wanted = gaps(typeof english === "string" ? english : english.other);
      for (const text of textsOf(phrase)) expect(gaps(text), `${name}: ${text}`).toEqual(wanted);
    }
  });

  it.each(Object.entries(LANGUAGES))("%s has the plural forms that it counts with", (language, phrases) => {
    const rules = new Intl.PluralRules(language);
    // Nothing here is counted in fractions, nor in more than this.
    const forms = [...new Set(Array.from({ length: 1_001 }, (_, count) => rules.select(count)))].sort();
    for (const [name, phrase] of Object.entries(phrases)) {
      if (typeof phrase !== "string") expect(Object.keys(phrase).sort(), name).toEqual(forms);
    }
  });

  it.each(["cs", "de"])("%s translates what has words", (language) => {
    const phrases = LANGUAGES[language];
    const alike = Object.entries(ENGLISH).filter(([name, english]) => / [a-z]/.test(textsOf(english).join()) && textsOf(phrases?.[name as keyof Phrases] ?? "").join() === textsOf(english).join());
    expect(alike.map(([name]) => name).filter((name) => !SAME_EVERYWHERE.has(name))).toEqual([]);
  });

  it("says nothing that nobody asks for", () => {
    const sources = SOURCES.filter((path) => !path.startsWith("words/")).map((path) => readFileSync(join("src", path), "utf8")).join("\n");
    expect(Object.keys(ENGLISH).filter((name) => !sources.includes(`"${name}"`))).toEqual([]);
  });
});

it("words that come later come along with whoever says them", () => {
  const saying = SOURCES.filter((path) => !path.startsWith("words/")).map((path) => ({ path, source: readFileSync(join("src", path), "utf8") }));
  const later = Object.keys(SECURITY).map((name) => `"${name}"`);
  const without = saying.filter(({ source }) => later.some((name) => source.includes(name)) && !source.includes('words/of-settings";'));
  expect(without.map(({ path }) => path)).toEqual([]);
});

it.each([CZECH_WORDS, GERMAN_WORDS])("every emoji that has a name in English has one in $name", ({ words }) => {
  const plain = EMOJI.map(([emoji]) => emoji.replaceAll("\uFE0F", ""));
  expect(Object.keys(words.emoji ?? {}).sort()).toEqual(plain.sort());
});

describe("a component", () => {
  it.each(SOURCES.filter((path) => path.endsWith(".tsx")))("%s has no words of its own", (path) => {
    expect(wordsIn(readFileSync(join("src", path), "utf8"), path)).toEqual([]);
  });

  it("is found out, wherever the words stand", () => {
    const source = 'const a = (b) => <p title="Two words" className="flex gap-2">Hello {b ? "there" : "you"} {`Dear ${b}`}<Row label={b ?? "None"} key="row" /></p>;';
    expect(wordsIn(source, "a.tsx")).toEqual(["Two words", "Hello", "there", "you", "Dear", "None"]);
  });
});

describe("a module", () => {
  it.each(SOURCES.filter((path) => path.endsWith(".ts") && !path.startsWith("words/")))("%s has no sentences of its own", (path) => {
    expect(sentencesIn(readFileSync(join("src", path), "utf8"), path)).toEqual([]);
  });
});

function textsOf(phrase: string | Plural): readonly string[] {
  return typeof phrase === "string" ? [phrase] : Object.values(phrase);
}

/** What is to be filled in; a number may be said in words. */
function gaps(text: string): readonly string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, gap]) => gap ?? "").filter((gap) => gap !== "count").sort();
}

type Node = { readonly type: string } & Readonly<Record<string, unknown>>;

/** What is read aloud or seen, by the names of attributes. */
const SAID = /^(title|placeholder|alt|label|hint|action|complaint|text|stopLabel|aria-(label|description|roledescription|valuetext))$/;
/** The product is called the same everywhere; a key of a keyboard stands as a sign. */
const NAMES = new Set(["Confab"]);

/** The words that stand in the elements of a component. */
function wordsIn(source: string, path: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: Node, isSaid: boolean) => {
    if (node.type === "JSXText") note(String(node["value"]));
    if (node.type === "JSXAttribute") return children(node["value"], SAID.test(nameOf(node["name"] as Node)));
    if (isSaid && node.type === "Literal" && typeof node["value"] === "string") note(node["value"]);
    if (isSaid && node.type === "TemplateElement") note((node["value"] as { readonly cooked: string }).cooked);
    // What is compared or handed over is not shown.
    if (node.type === "CallExpression" || node.type === "BinaryExpression" || node.type === "MemberExpression") return all(node, false);
    if (node.type === "ConditionalExpression") {
      children(node["test"], false);
      children(node["consequent"], isSaid);
      return children(node["alternate"], isSaid);
    }
    if (node.type === "JSXElement" || node.type === "JSXFragment") return all(node, true);
    return all(node, isSaid && node.type !== "ArrowFunctionExpression");
  };
  const note = (text: string) => {
    const words = text.trim();
    if (/\p{L}{2}/u.test(words) && !NAMES.has(words)) found.push(words);
  };
  const children = (value: unknown, isSaid: boolean): void => {
    if (Array.isArray(value)) for (const one of value) children(one, isSaid);
    else if (isNode(value)) visit(value, isSaid);
  };
  const all = (node: Node, isSaid: boolean) => {
    for (const [key, value] of Object.entries(node)) if (key !== "type") children(value, isSaid);
  };
  children(parseSync(path, source).program, false);
  return found;
}

/** The sentences in a module: what is thrown is for programmers. */
function sentencesIn(source: string, path: string): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!isNode(value) || value.type === "ThrowStatement" || value.type === "ImportDeclaration" || (value.type === "NewExpression" && nameOf(value["callee"] as Node) === "Error")) return;
    const text = value.type === "Literal" ? value["value"] : value.type === "TemplateElement" ? (value["value"] as { readonly cooked: string }).cooked : undefined;
    if (typeof text === "string" && /\p{Lu}.*\p{L} \p{L}|\p{L} \p{L}.*[.!?…]$/u.test(text)) found.push(text);
    Object.values(value).forEach(visit);
  };
  visit(parseSync(path, source).program);
  return found;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value;
}

function nameOf(node: Node): string {
  return typeof node["name"] === "string" ? node["name"] : "";
}
