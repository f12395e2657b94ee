// What is attached to a message: enough to show it before it is fetched. Pure.
import type { MediaKind } from "../gen/confab/media/v1/media_pb";
import type { Attachment as Told } from "../gen/confab/message/v1/message_pb";

/** What people see in a file. */
export type Kind = "image" | "video" | "audio" | "file";

/** A picture or file in a message. */
export interface Attachment {
  readonly mediaId: string;
  readonly kind: Kind;
  readonly name: string;
  /** The type it is served with. */
  readonly contentType: string;
  /** In bytes. */
  readonly size: number;
  /** In pixels; 0 if it is not known. */
  readonly width: number;
  readonly height: number;
  /** What a picture looks like from afar; empty if it is none. */
  readonly blurhash: string;
}

/** As most messages have it. */
export const NO_ATTACHMENTS: readonly Attachment[] = [];

// By their numbers, which the compiler knows: what is kept is read before the contract is there.
const IMAGE: MediaKind.IMAGE = 1;
const VIDEO: MediaKind.VIDEO = 2;
const AUDIO: MediaKind.AUDIO = 3;

/** What is attached, as the contract tells it. */
export function attachmentsOf(told: readonly Told[]): readonly Attachment[] {
  if (told.length === 0) return NO_ATTACHMENTS;
  return told.map(({ mediaId, kind, name, contentType, size, width, height, blurhash }) => ({ mediaId, kind: kindOf(kind, width), name, contentType, size: Number(size), width, height, blurhash }));
}

function kindOf(kind: MediaKind, width: number): Kind {
  switch (kind) {
    case IMAGE:
      return "image";
    case VIDEO:
      // Sound is recorded as WebM by some browsers: a film in which there is nothing to see.
      return width > 0 ? "video" : "audio";
    case AUDIO:
      return "audio";
    default:
      return "file";
  }
}
