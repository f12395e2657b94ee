// What a message says: words, links that open elsewhere, people who are meant.
import { type ReactElement, type ReactNode, useEffect } from "react";
import { useStore } from "zustand";
import { useChat } from "../../chat/use-chat";
import { type TextPiece, textPieces } from "./text-pieces";

interface MessageTextProps {
  readonly text: string;
  readonly mentionIds: readonly string[];
  readonly isMine: boolean;
}

/** Text only: nothing of it is ever read as markup. */
export function MessageText({ text, mentionIds, isMine }: MessageTextProps): ReactElement {
  return (
    <span dir="auto" className="[overflow-wrap:anywhere] whitespace-pre-wrap">
      {mentionIds.length === 0 ? <Pieces pieces={textPieces(text, [])} me="" isMine={isMine} /> : <TextWithPeople text={text} mentionIds={mentionIds} isMine={isMine} />}
    </span>
  );
}

/** Most texts mean nobody in particular, and need not be drawn again when somebody becomes known. */
function TextWithPeople({ text, mentionIds, isMine }: MessageTextProps): ReactElement {
  const { me, people } = useChat();
  const known = useStore(people.store);
  useEffect(() => people.need(mentionIds), [people, mentionIds]);
  const meant = mentionIds.flatMap((userId) => ({ userId, name: known.get(userId)?.name ?? "" })).filter(({ name }) => name !== "");
  return <Pieces pieces={textPieces(text, meant)} me={me.userId} isMine={isMine} />;
}

function Pieces({ pieces, me, isMine }: { readonly pieces: readonly TextPiece[]; readonly me: string; readonly isMine: boolean }): ReactNode {
  return pieces.map((piece, place) => {
    switch (piece.kind) {
      case "words":
        return piece.text;
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
