// Whatever somebody writes is text, and comes out as it went in.
import { cleanup, render } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { hostileTexts } from "./hostile-sample";
import { MessageText } from "./message-text";

afterEach(cleanup);

describe("a hostile text", () => {
  const texts = hostileTexts();

  it(`is text, marks and links to the web, and nothing else, ${texts.length} times`, () => {
    expect(texts.length).toBeGreaterThanOrEqual(500);
    for (const text of texts) {
      const { container, unmount } = render(<MessageText text={text} mentionIds={[]} isMine={false} />);
      const shown = container.firstElementChild;
      expect(shown?.textContent, text).toBe(text);
      for (const element of shown?.querySelectorAll("*") ?? []) {
        if (element.className === "unseen") {
          expect([element.tagName, element.getAttributeNames().sort(), element.children.length, [...(element.textContent ?? "")].length], text).toEqual(["SPAN", ["class", "data-mark"], 0, 1]);
          continue;
        }
        expect(element.tagName, text).toBe("A");
        expect(element.getAttributeNames().sort(), text).toEqual(["class", "href", "rel", "target"]);
        const address = new URL(element.getAttribute("href") ?? "");
        expect(["http:", "https:"], text).toContain(address.protocol);
        expect(address.username + address.password, text).toBe("");
      }
      unmount();
    }
  });
});
