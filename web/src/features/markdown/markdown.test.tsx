// What of markdown there is, and that nothing else comes of it.
import { cleanup, render } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { hostileTexts } from "../conversation/hostile-sample";
import Markdown from "./markdown";
import { partsOf } from "./parse";
import { hasMarkdown, type Part } from "./part";

function shown(text: string): HTMLElement {
  const { container } = render(<Markdown text={text} words={(words) => words} />);
  return container.firstElementChild as HTMLElement;
}

function html(text: string): string {
  return shown(text).innerHTML.replaceAll(/ (?:dir|tabindex|class|rel|target|title)="[^"]*"/g, "");
}

afterEach(cleanup);

describe("markdown", () => {
  it.each([
    ["**bold** *thin* ~~gone~~ `a*b*`", "<p><strong>bold</strong> <em>thin</em> <s>gone</s> <code>a*b*</code></p>"],
    ["one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"],
    ["> said\n> before\n\nand after", "<blockquote><p>said<br>before</p></blockquote><p>and after</p>"],
    ["- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"],
    ["3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'],
    ["```js\na < b\n```", "<pre><code>a &lt; b</code></pre>"],
    ["[here](https://example.org/a)", '<p><a href="https://example.org/a">here</a></p>'],
    ["<https://example.org>", '<p><a href="https://example.org/">https://example.org</a></p>'],
    ["[Ada](mailto:ada@example.org)", '<p><a href="mailto:ada@example.org">Ada</a></p>'],
    ["\\*not thin\\*", "<p>*not thin*</p>"],
  ])("%j is shown as what it means", (text, expected) => {
    expect(html(text)).toBe(expected);
  });

  it.each([
    "# no heading",
    "![no picture](https://example.org/a.png)",
    "<b>no markup</b> &amp; no entity",
    "| no | table |\n|---|---|",
    "    no code because of spaces",
    "[bad](javascript:alert(1)) [bad](data:text/html,x) [bad](//example.org)",
    "[a]: https://example.org\n[a]",
  ])("%j is text, but for links", (text) => {
    expect([...shown(text).querySelectorAll("*")].map(({ tagName }) => tagName).filter((name) => !["P", "BR", "A"].includes(name))).toEqual([]);
    expect(shown(text).querySelector("img")).toBeNull();
  });

  it("says where a link leads that looks like another", () => {
    expect(shown("[bank.example](https://evil.example/x)").textContent).toBe("bank.example (evil.example)");
    expect(shown("[https://bank.example/login](https://evil.example/x)").textContent).toBe("https://bank.example/login (evil.example)");
    expect(shown("[bank.example](https://bank.example/x)").textContent).toBe("bank.example");
  });

  it("is looked for only where it may be", () => {
    for (const text of ["Good morning, Ben!", "1 < 2 > 0", "a - b", "http://example.org/a", "5.5 (or so)"]) expect(hasMarkdown(text), text).toBe(false);
    for (const text of ["*a*", "say:\n- a", "2) b", "`c`", "[a](b)", "> a"]) expect(hasMarkdown(text), text).toBe(true);
  });

  it("takes its time with nothing", () => {
    for (const part of ["*", "[", "`", "> ", "- ", "**a", "[a](", "~~", "\\", "<https://", "_a_"]) {
      const began = performance.now();
      partsOf(part.repeat(8_000 / part.length));
      expect(performance.now() - began, part).toBeLessThan(2_000);
    }
  });
});

describe("a hostile text", () => {
  const ALLOWED: Readonly<Record<string, readonly string[]>> = { A: ["class", "href", "rel", "target", "title"], P: ["dir"], BLOCKQUOTE: ["dir"], UL: ["dir"], OL: ["dir", "start"], LI: [], PRE: ["dir", "tabindex"], CODE: [], EM: [], STRONG: [], S: [], BR: [], SPAN: ["class", "data-mark"] };
  const AROUND: readonly ((payload: string) => string)[] = [(text) => `**${text}**`, (text) => `> ${text}\n- ${text}`, (text) => `[${text}](${text})`, (text) => `<${text}>`, (text) => `\`\`\`${text}\n${text}\n\`\`\``];
  const texts = hostileTexts().flatMap((text) => [text, ...AROUND.map((around) => around(text))]);

  it(`leads nowhere but to the web and to mail, ${texts.length} times`, () => {
    const addresses = (parts: readonly Part[]): readonly string[] => parts.flatMap(({ kind, address = "", children = [] }) => [...(kind === "link" ? [address] : []), ...addresses(children)]);
    for (const text of texts) {
      for (const address of addresses(partsOf(text))) {
        const { protocol, username, password } = new URL(address);
        expect(["http:", "https:", "mailto:"], text).toContain(protocol);
        expect(username + password, text).toBe("");
      }
    }
  });

  it("makes nothing but what markdown has", { timeout: 30_000 }, () => {
    for (const text of texts.filter((_, place) => place % 10 === 0)) {
      const { container, unmount } = render(<Markdown text={text} words={(words) => words} />);
      for (const element of container.firstElementChild?.querySelectorAll("*") ?? []) {
        const allowed = ALLOWED[element.tagName];
        expect(allowed, `${element.tagName} of ${text}`).toBeDefined();
        expect(element.getAttributeNames().filter((name) => !allowed?.includes(name)), text).toEqual([]);
        if (element.tagName === "A") expect(element.getAttribute("rel")).toContain("noopener");
      }
      unmount();
    }
  });
});
