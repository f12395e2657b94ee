// Chooses a picture for a group or a person, or takes it away.
import { lazy, type ReactElement, Suspense, useRef, useState } from "react";
import type { Purpose } from "../../api/media-door";
import { Button } from "../../ui/button";
import { FormProblem } from "../../ui/form";
import { Icon } from "../../ui/icons";
import { useTask } from "../../ui/use-task";
import { say } from "../../words/say";

/** Fetched when somebody has chosen a picture. */
const CropDialog = lazy(() => import("./crop-dialog"));

interface PictureButtonProps {
  readonly title: string;
  readonly purpose: Purpose;
  readonly hasPicture: boolean;
  /** Takes a picture, or none if it is empty. */
  readonly onPicture: (mediaId: string) => Promise<void>;
}

/** A button for either. */
export function PictureButton({ title, purpose, hasPicture, onPicture }: PictureButtonProps): ReactElement {
  const chooser = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File>();
  const { isBusy, problem, run } = useTask();
  return (
    <div className="flex flex-col items-center gap-2">
      <div className="flex flex-wrap justify-center gap-2 text-sm">
        <input
          ref={chooser}
          type="file"
          accept="image/png,image/jpeg,image/webp,image/gif"
          hidden
          data-testid="picture-chooser"
          onChange={({ currentTarget }) => {
            setFile(currentTarget.files?.[0]);
            currentTarget.value = "";
          }}
        />
        <Button onClick={() => chooser.current?.click()} className="flex items-center gap-2">
          <Icon name="image" className="size-4" />
          {say(hasPicture ? "picture.change" : "picture.choose")}
        </Button>
        {hasPicture && (
          <Button disabled={isBusy} onClick={() => void run(() => onPicture(""))}>
            {say("picture.remove")}
          </Button>
        )}
      </div>
      <FormProblem problem={problem} />
      {file && (
        <Suspense>
          <CropDialog title={title} file={file} purpose={purpose} onPicture={onPicture} onClose={() => setFile(undefined)} />
        </Suspense>
      )}
    </div>
  );
}
