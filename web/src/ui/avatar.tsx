// The picture of a person or a group; without one, initials on a colour of their own.
import { type ReactElement, useState } from "react";
import { mediaAddress } from "../api/media-door";

const TINTS = 8;

interface AvatarProps {
  readonly id: string;
  readonly name: string;
  /** Groups are square, people are round. */
  readonly shape?: "person" | "group";
  /** Empty if there is none. */
  readonly pictureId?: string;
  /** A dot says that they are there; words must say it too. */
  readonly isOnline?: boolean;
  readonly className?: string;
  /** Hears that the picture is not there. */
  readonly onMissing?: () => void;
}

/** Decoration: the name always stands beside it. */
export function Avatar({ id, name, shape = "person", pictureId = "", isOnline = false, className = "size-10 text-sm", onMissing }: AvatarProps): ReactElement {
  const round = shape === "group" ? "rounded-[30%]" : "rounded-full";
  const [failedId, setFailed] = useState("");
  const [shownId, setShown] = useState("");
  const fail = () => {
    setFailed(pictureId);
    onMissing?.();
  };
  return (
    <span aria-hidden="true" className={`relative inline-flex shrink-0 ${className}`}>
      <span className={`tint-${tint(id)} flex size-full items-center justify-center font-medium text-white select-none ${round}`}>{initials(name)}</span>
      {pictureId !== "" && pictureId !== failedId && (
        <img
          src={mediaAddress(pictureId, "small")}
          alt=""
          draggable={false}
          decoding="async"
          onLoad={() => setShown(pictureId)}
          onError={fail}
          // Until it is there, the initials are.
          className={`absolute inset-0 size-full bg-panel object-cover ${round} ${shownId === pictureId ? "" : "opacity-0"}`}
        />
      )}
      {isOnline && <span className="absolute end-0 bottom-0 size-[28%] rounded-full border-2 border-panel bg-online" />}
    </span>
  );
}

/** The first letters of the first and the last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => firstLetter(word ?? "")).join("");
}

/** What a reader takes for one letter may be several code points. */
function firstLetter(word: string): string {
  const [first] = new Intl.Segmenter().segment(word);
  return first?.segment.toLocaleUpperCase() ?? "";
}

/** The same colour for the same person, everywhere. */
function tint(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return sum % TINTS;
}
