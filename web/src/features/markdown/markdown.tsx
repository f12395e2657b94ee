// Shows a text with markdown: elements that React makes, never markup.
import { type ReactElement, type ReactNode, useMemo } from "react";
import { Written } from "../../ui/written";
import { linkAddress } from "../conversation/text-pieces";
import type { Part } from "./part";
import { partsOf } from "./parse";

interface MarkdownProps {
  readonly text: string;
  /** Draws words that stand outside of code: their links and the people who are meant. In a link there is no other. */
  readonly words: (text: string, isInLink: boolean) => ReactNode;
}

/** The text, read as markdown. */
export default function Markdown({ text, words }: MarkdownProps): ReactElement {
  const parts = useMemo(() => partsOf(text), [text]);
  return <div className="markdown [overflow-wrap:anywhere]">{drawn(parts, words, false)}</div>;
}

function drawn(parts: readonly Part[] | undefined, words: MarkdownProps["words"], isInLink: boolean): ReactNode {
  return parts?.map((part, place) => <PartView key={place} part={part} words={words} isInLink={isInLink} />);
}

function PartView({ part, words, isInLink }: { readonly part: Part; readonly words: MarkdownProps["words"]; readonly isInLink: boolean }): ReactNode {
  const { kind, text = "", children, address, start } = part;
  const inside = () => drawn(children, words, isInLink);
  switch (kind) {
    case "words":
      return words(text, isInLink);
    case "break":
      return <br />;
    case "code":
      return (
        <code>
          <Written text={text} />
        </code>
      );
    case "block":
      return (
        <pre dir="ltr" tabIndex={0}>
          <code>
            <Written text={text} />
          </code>
        </pre>
      );
    case "paragraph":
      return <p dir="auto">{inside()}</p>;
    case "quote":
      return <blockquote dir="auto">{inside()}</blockquote>;
    case "bullets":
      return <ul dir="auto">{inside()}</ul>;
    case "numbers":
      return (
        <ol dir="auto" start={start}>
          {inside()}
        </ol>
      );
    case "item":
      return <li>{inside()}</li>;
    case "strong":
      return <strong>{inside()}</strong>;
    case "emphasis":
      return <em>{inside()}</em>;
    case "strike":
      return <s>{inside()}</s>;
    case "plain":
      return inside();
    case "link":
      return (
        <a href={address} title={address} target="_blank" rel="noopener noreferrer nofollow" className="underline decoration-1 underline-offset-2 hover:decoration-2">
          {drawn(children, words, true)}
          {address !== undefined && pretends(textOf(children), address) && <span className="opacity-80"> ({URL.parse(address)?.host ?? address})</span>}
        </a>
      );
  }
}

function textOf(parts: readonly Part[] = []): string {
  return parts.map(({ text = "", children }) => text + textOf(children)).join("");
}

/** Whether a link looks like the address of somebody else. */
function pretends(text: string, address: string): boolean {
  const shown = linkAddress(text.trim()) ?? linkAddress(`https://${text.trim()}`);
  const host = shown === undefined || !text.includes(".") ? undefined : URL.parse(shown)?.host;
  return host !== undefined && host !== URL.parse(address)?.host;
}
