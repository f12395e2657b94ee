// What a message says: words, links that open elsewhere, people who are meant.
import { type ReactElement, type ReactNode, useEffect } from "react";
import { useStore } from "zustand";
import { useChat } from "../../chat/use-chat";
import { Written } from "../../ui/written";
import { hasMarkdown } from "../markdown/part";
import { useMarkdown } from "../markdown/use-markdown";
import { type Meant, type TextPiece, textPieces } from "./text-pieces";

interface MessageTextProps {
  readonly text: string;
  readonly mentionIds: readonly string[];
  readonly isMine: boolean;
}

/** Nothing of it is ever read as markup; markdown is, once what reads it is there. */
export function MessageText(props: MessageTextProps): ReactElement {
  // Most texts mean nobody in particular, and need not be drawn again when somebody becomes known.
  return props.mentionIds.length === 0 ? <Text {...props} meant={NOBODY} me="" /> : <TextWithPeople {...props} />;
}

const NOBODY: readonly Meant[] = [];

function TextWithPeople(props: MessageTextProps): ReactElement {
  const { mentionIds } = props;
  const { me, people } = useChat();
  const known = useStore(people.store);
  useEffect(() => people.need(mentionIds), [people, mentionIds]);
  const meant = mentionIds.flatMap((userId) => ({ userId, name: known.get(userId)?.name ?? "" })).filter(({ name }) => name !== "");
  return <Text {...props} meant={meant} me={me.userId} />;
}

function Text({ text, isMine, meant, me }: MessageTextProps & { readonly meant: readonly Meant[]; readonly me: string }): ReactElement {
  const Markdown = useMarkdown();
  if (Markdown && hasMarkdown(text)) {
    return <Markdown text={text} words={(words, isInLink) => <Pieces pieces={isInLink ? [{ kind: "words", text: words }] : textPieces(words, meant)} me={me} isMine={isMine} />} />;
  }
  return (
    <span dir="auto" className="[overflow-wrap:anywhere] whitespace-pre-wrap">
      <Pieces pieces={textPieces(text, meant)} me={me} isMine={isMine} />
    </span>
  );
}

function Pieces({ pieces, me, isMine }: { readonly pieces: readonly TextPiece[]; readonly me: string; readonly isMine: boolean }): ReactNode {
  return pieces.map((piece, place) => {
    switch (piece.kind) {
      case "words":
        return <Written key={place} text={piece.text} />;
      case "link":
        return (
          <a key={place} href={piece.address} target="_blank" rel="noopener noreferrer nofollow" className="underline decoration-1 underline-offset-2 hover:decoration-2">
            {piece.text}
          </a>
        );
      case "mention":
        return (
          <strong key={place} className={`rounded-sm font-semibold ${mentionLook(isMine, piece.userId === me)}`}>
            {piece.text}
          </strong>
        );
    }
  });
}

function mentionLook(isMine: boolean, isMe: boolean): string {
  if (isMine) return "";
  return isMe ? "bg-soft px-0.5 text-ink" : "text-accent";
}
