// The files of a message that is on its way, and how far they are.
import type { ReactElement } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { useChat } from "../../chat/use-chat";
import { say } from "../../words/say";
import { FileCard } from "./attachments";
import { boxOf, Grid } from "./picture";
import type { Upload } from "./uploads";
import { sizeWords } from "./words";

/** As they will stand in the message. */
export function OutgoingFiles({ ids }: { readonly ids: readonly string[] }): ReactElement {
  const { uploads } = useChat();
  const files = useStore(
    uploads.store,
    useShallow((all) => ids.flatMap((id) => all.get(id) ?? [])),
  );
  const pictures = files.filter(({ kind }) => kind === "image");
  const drawn = pictures.map((picture) => <Picture key={picture.id} upload={picture} isCell={pictures.length > 1} />);
  return (
    <div className="-mx-1.5 my-0.5 flex flex-col gap-1.5">
      {pictures.length > 1 ? <Grid count={pictures.length}>{drawn}</Grid> : drawn}
      {files
        .filter(({ kind }) => kind !== "image")
        .map((upload) => (
          <FileCard key={upload.id} name={upload.name} note={sizeWords(upload.size)} isMine={false}>
            <span className="w-16">
              <Progress upload={upload} />
            </span>
          </FileCard>
        ))}
    </div>
  );
}

function Picture({ upload, isCell }: { readonly upload: Upload; readonly isCell: boolean }): ReactElement {
  return (
    <div style={isCell ? undefined : boxOf(upload)} className={`relative overflow-hidden rounded-xl bg-raised ${isCell ? "aspect-square w-full" : ""}`}>
      <img src={upload.address} alt={upload.name} className="absolute inset-0 size-full object-cover" />
      <span className="absolute inset-x-2 bottom-2">
        <Progress upload={upload} />
      </span>
    </div>
  );
}

/** How far a file is; nothing once it is there. */
export function Progress({ upload: { name, sent, size, status } }: { readonly upload: Upload }): ReactElement | null {
  if (status === "done" || status === "failed") return null;
  const part = size > 0 ? Math.round((sent / size) * 100) : 0;
  return <progress aria-label={say("files.progress", { name })} max={100} value={part} className="upload-progress block h-1.5 w-full" />;
}
