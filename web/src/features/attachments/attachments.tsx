// What is attached to a message: pictures, films, sounds, files.
import type { ReactElement } from "react";
import { downloadAddress, mediaAddress } from "../../api/media-door";
import type { Attachment } from "../../log/attachment";
import { Icon } from "../../ui/icons";
import { say } from "../../words/say";
import { boxOf, Grid, Picture } from "./picture";
import { Sound } from "./sound";
import { sizeWords } from "./words";

interface AttachmentsProps {
  readonly attachments: readonly Attachment[];
  readonly isMine: boolean;
  /** Shows a picture alone. */
  readonly onLook: (mediaId: string) => void;
}

/** The pictures first, and then what is played or kept. */
export function Attachments({ attachments, isMine, onLook }: AttachmentsProps): ReactElement {
  const pictures = attachments.filter(({ kind }) => kind === "image");
  const others = attachments.filter(({ kind }) => kind !== "image");
  const drawn = pictures.map((picture) => <Picture key={picture.mediaId} attachment={picture} isCell={pictures.length > 1} onLook={() => onLook(picture.mediaId)} />);
  return (
    <div className="-mx-1.5 my-0.5 flex flex-col gap-1.5" data-attachments={attachments.length}>
      {pictures.length > 1 ? <Grid count={pictures.length}>{drawn}</Grid> : drawn}
      {others.map((attachment) => (
        <Other key={attachment.mediaId} attachment={attachment} isMine={isMine} />
      ))}
    </div>
  );
}

function Other({ attachment, isMine }: { readonly attachment: Attachment; readonly isMine: boolean }): ReactElement {
  const { mediaId, kind, name, size } = attachment;
  switch (kind) {
    case "video":
      return <video controls playsInline preload="metadata" src={mediaAddress(mediaId)} aria-label={name || say("files.video")} style={boxOf(attachment)} className="rounded-xl bg-black" />;
    case "audio":
      return <Sound mediaId={mediaId} name={name} isMine={isMine} />;
    default:
      return (
        <FileCard name={name} note={sizeWords(size)} isMine={isMine}>
          <a
            href={downloadAddress(mediaId)}
            download={name}
            aria-label={say("files.download", { name })}
            title={say("files.download", { name })}
            className={`rounded-full p-2 ${isMine ? "hover:bg-black/15" : "hover:bg-panel"}`}
          >
            <Icon name="download" />
          </a>
        </FileCard>
      );
  }
}

interface FileCardProps {
  readonly name: string;
  readonly note: string;
  readonly isMine: boolean;
  readonly children?: ReactElement | undefined;
}

/** A file by its name. */
export function FileCard({ name, note, isMine, children }: FileCardProps): ReactElement {
  return (
    <div className={`flex w-72 max-w-full items-center gap-2.5 rounded-xl px-2.5 py-1.5 ${isMine ? "bg-black/15" : "bg-raised"}`}>
      <Icon name="file" className="size-6" />
      <span className="flex min-w-0 flex-1 flex-col">
        <bdi className="truncate text-sm font-medium">{name || say("files.file")}</bdi>
        <span className={`text-xs ${isMine ? "text-mine-muted" : "text-muted"}`}>{note}</span>
      </span>
      {children}
    </div>
  );
}
