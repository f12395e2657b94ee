// Takes a square out of a picture, for a group or a person.
import { type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from "react";
import type { MediaDoor, Purpose } from "../../api/media-door";
import { useChat } from "../../chat/use-chat";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { FormProblem } from "../../ui/form";
import { useTask } from "../../ui/use-task";
import { say } from "../../words/say";
import { type Crop, dragged, MIDDLE, PICTURE_PX, squareOf, within, ZOOM_MAX } from "./crop";

/** One press of an arrow key, in parts of the square. */
const STEP = 0.05;
const QUALITY = 0.9;

interface CropDialogProps {
  readonly title: string;
  readonly file: File;
  readonly purpose: Purpose;
  /** Takes the picture, once it is uploaded. */
  readonly onPicture: (mediaId: string) => Promise<void>;
  readonly onClose: () => void;
}

/** The picture, of which one drags and enlarges what is in the frame. */
export default function CropDialog({ title, file, purpose, onPicture, onClose }: CropDialogProps): ReactElement {
  const { uploads } = useChat();
  const { image, isBroken } = useImage(file);
  const [crop, setCrop] = useState<Crop>(MIDDLE);
  const canvas = useRef<HTMLCanvasElement>(null);
  const held = useRef<{ readonly x: number; readonly y: number }>(undefined);
  const { isBusy, problem, run } = useTask();
  useEffect(() => {
    if (image && canvas.current) draw(canvas.current, image, crop);
  }, [image, crop]);

  const drag = (across: number, down: number) => image && setCrop((now) => dragged(image, now, across, down));
  const onKey = (event: KeyboardEvent) => {
    const [across, down] = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key] ?? [0, 0];
    if (across === 0 && down === 0) return;
    event.preventDefault();
    drag(across ?? 0, down ?? 0);
  };
  const save = () =>
    run(async () => {
      if (!canvas.current) return;
      const picture = await bytesOf(canvas.current);
      await onPicture(await sendWhole(uploads.door, picture, purpose));
      onClose();
    });
  return (
    <Dialog title={title} onClose={onClose}>
      {isBroken ? (
        <p role="alert" className="text-danger">
          {say("crop.broken")}
        </p>
      ) : (
        <>
          <p className="text-sm text-muted">{say("crop.hint")}</p>
          <canvas
            ref={canvas}
            width={PICTURE_PX}
            height={PICTURE_PX}
            tabIndex={0}
            role="img"
            aria-label={say("crop.part")}
            onKeyDown={onKey}
            onPointerDown={({ currentTarget, pointerId, clientX: x, clientY: y }) => {
              held.current = { x, y };
              currentTarget.setPointerCapture(pointerId);
            }}
            onPointerMove={({ currentTarget, clientX: x, clientY: y }) => {
              const before = held.current;
              if (!before) return;
              held.current = { x, y };
              drag((x - before.x) / currentTarget.clientWidth, (y - before.y) / currentTarget.clientWidth);
            }}
            onPointerUp={() => {
              held.current = undefined;
            }}
            className="mx-auto aspect-square w-full max-w-72 cursor-move touch-none rounded-2xl border border-line bg-raised"
          />
          <label className="flex items-center gap-3 text-sm">
            {say("crop.zoom")}
            <input type="range" min={1} max={ZOOM_MAX} step={0.05} value={crop.zoom} onChange={({ currentTarget }) => image && setCrop(within(image, { ...crop, zoom: Number(currentTarget.value) }))} className="flex-1 accent-accent" />
          </label>
        </>
      )}
      <FormProblem problem={problem} />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose} className="px-4! py-2!">
          {say("do.cancel")}
        </Button>
        <Button look="primary" disabled={!image || isBusy} onClick={() => void save()} className="py-2!">
          {say("do.save")}
        </Button>
      </div>
    </Dialog>
  );
}

/** The picture in a file, once it is read. */
function useImage(file: File): { readonly image: HTMLImageElement | undefined; readonly isBroken: boolean } {
  const [image, setImage] = useState<HTMLImageElement>();
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    const address = URL.createObjectURL(file);
    const fresh = new Image();
    fresh.onload = () => setImage(fresh);
    fresh.onerror = () => setBroken(true);
    fresh.src = address;
    return () => URL.revokeObjectURL(address);
  }, [file]);
  return { image, isBroken };
}

function draw(canvas: HTMLCanvasElement, image: HTMLImageElement, crop: Crop): void {
  const { left, top, side } = squareOf({ width: image.naturalWidth, height: image.naturalHeight }, crop);
  const context = canvas.getContext("2d");
  context?.clearRect(0, 0, PICTURE_PX, PICTURE_PX);
  context?.drawImage(image, left, top, side, side, 0, 0, PICTURE_PX, PICTURE_PX);
}

function bytesOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    // A browser that cannot write the one type writes PNG.
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture cannot be written"))), "image/webp", QUALITY);
  });
}

/** A picture of this size goes at once or not at all. */
async function sendWhole(door: MediaDoor, file: Blob, purpose: Purpose): Promise<string> {
  const life = new AbortController();
  const uploadId = await door.begin({ name: "picture", size: file.size }, purpose, life.signal);
  await door.append({ uploadId, file, offset: 0, onProgress: () => {}, signal: life.signal });
  return uploadId;
}
