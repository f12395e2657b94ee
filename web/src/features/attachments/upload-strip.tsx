// The files for the next message, above the field: what they are, how far they
// are, and a way to take them out again.
import type { ReactElement } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { isPassing } from "../../api/problem";
import { useChat } from "../../chat/use-chat";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { say } from "../../words/say";
import { Progress } from "./outgoing-files";
import { filesBeside, type Upload } from "./uploads";
import { sizeWords } from "./words";

/** The files beside the field of a conversation. */
export function useFilesBeside(conversationId: string): readonly Upload[] {
  const { uploads } = useChat();
  return useStore(
    uploads.store,
    useShallow((all) => filesBeside(all, conversationId)),
  );
}

/** One beside the other; those that failed say why below. */
export function UploadStrip({ files }: { readonly files: readonly Upload[] }): ReactElement | null {
  const { uploads } = useChat();
  if (files.length === 0) return null;
  return (
    <div className="mx-auto mb-2 max-w-talk">
      <ul aria-label={say("files.beside")} className="flex flex-wrap gap-2">
        {files.map((upload) => (
          <li key={upload.id} data-upload={upload.status} className={`relative flex items-center gap-2 overflow-hidden rounded-xl border bg-ground ${upload.status === "failed" ? "border-danger" : "border-line"}`}>
            <Look upload={upload} />
            <button
              type="button"
              aria-label={say("files.remove", { name: upload.name })}
              title={say("files.remove", { name: upload.name })}
              onClick={() => uploads.remove(upload.id)}
              className={`flex size-7 items-center justify-center rounded-full ${upload.kind === "image" ? "absolute end-1 top-1 bg-panel/90 text-ink" : "me-1.5 text-muted hover:bg-raised hover:text-ink"}`}
            >
              <Icon name="close" className="size-4" />
            </button>
          </li>
        ))}
      </ul>
      {files.map(({ id, name, keeping }) => keeping === "refused" && <Unkept key={id} name={name} />)}
      {files.map((upload) => upload.problem && <Failure key={upload.id} upload={upload} text={upload.problem.text} onRetry={isPassing(upload.problem) ? () => uploads.retry(upload.id) : undefined} />)}
    </div>
  );
}

function Look({ upload }: { readonly upload: Upload }): ReactElement {
  const { kind, name, size, address } = upload;
  if (kind === "image") {
    return (
      <>
        <img src={address} alt={name} className="size-20 object-cover" />
        <span className="absolute inset-x-1.5 bottom-1.5">
          <Progress upload={upload} />
        </span>
      </>
    );
  }
  if (kind === "audio") return <audio controls src={address} aria-label={name} className="h-11 w-60 max-w-full" />;
  return (
    <span className="flex w-48 items-center gap-2 py-2 ps-2.5">
      <Icon name="file" className="size-6 text-muted" />
      <span className="flex min-w-0 flex-1 flex-col gap-1">
        <bdi className="truncate text-sm">{name}</bdi>
        <span className="text-xs text-muted">{sizeWords(size)}</span>
        <Progress upload={upload} />
      </span>
    </span>
  );
}

/** Too large to be kept, or the browser keeps nothing. */
function Unkept({ name }: { readonly name: string }): ReactElement {
  return (
    <p role="status" className="mt-1.5 flex flex-wrap items-baseline gap-x-2 text-sm text-muted">
      <bdi className="max-w-full truncate font-medium">{name}</bdi>
      <span>{say("files.unkept")}</span>
    </p>
  );
}

function Failure({ upload: { name }, text, onRetry }: { readonly upload: Upload; readonly text: string; readonly onRetry: (() => void) | undefined }): ReactElement {
  return (
    <p role="alert" className="mt-1.5 flex flex-wrap items-baseline gap-x-2 text-sm text-danger">
      <bdi className="max-w-full truncate font-medium">{name}</bdi>
      <span>{text}</span>
      {onRetry && (
        <Button look="link" onClick={onRetry}>
          {say("message.retry")}
        </Button>
      )}
    </p>
  );
}
