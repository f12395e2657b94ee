// Chooses files from the device.
import { type ReactElement, useRef } from "react";
import { Icon } from "../../ui/icons";
import { say } from "../../words/say";

/** Beside the field. */
export function AttachButton({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }): ReactElement {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        data-testid="chooser"
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // The same file again is another choice.
          currentTarget.value = "";
        }}
      />
      <button type="button" aria-label={say("files.attach")} title={say("files.attach")} onClick={() => chooser.current?.click()} className="-mx-1 flex size-10 shrink-0 items-center justify-center rounded-full text-muted hover:bg-raised hover:text-ink">
        <Icon name="clip" />
      </button>
    </>
  );
}
