// A picture in a message, as large before it is there as afterwards.
import { type CSSProperties, type ReactElement, type ReactNode, useEffect, useRef, useState } from "react";
import { mediaAddress } from "../../api/media-door";
import { useChat } from "../../chat/use-chat";
import type { Attachment } from "../../log/attachment";
import { Icon } from "../../ui/icons";
import { say } from "../../words/say";
import { pixelsOf } from "./blurhash";

/** The longest side of a picture that stands alone, and the shortest. */
const SIDE_MAX_PX = 320;
const SIDE_MIN_PX = 72;
/** What is much longer than wide is cut. */
const RATIO_MAX = 2.5;
/** As many pixels as a blur needs; the browser makes it as large as the picture. */
const BLUR_PX = 24;

/** What is known of how large a picture is. */
type Sides = Pick<Attachment, "width" | "height">;

/** The box that a picture has for itself alone. */
export function boxOf({ width, height }: Sides): CSSProperties {
  const [across, down] = width > 0 && height > 0 ? [width, height] : [4, 3];
  const ratio = Math.max(1 / RATIO_MAX, Math.min(RATIO_MAX, across / down));
  const longest = Math.max(SIDE_MIN_PX, Math.min(SIDE_MAX_PX, width > 0 ? Math.max(width, height) : SIDE_MAX_PX));
  return { width: Math.max(SIDE_MIN_PX, Math.round(ratio >= 1 ? longest : longest * ratio)), maxWidth: "100%", aspectRatio: `${ratio}` };
}

interface PictureProps {
  readonly attachment: Attachment;
  /** Whether it stands among others, and is cut to a square. */
  readonly isCell: boolean;
  readonly onLook: () => void;
}

/** Pressed, it is shown alone. */
export function Picture({ attachment, isCell, onLook }: PictureProps): ReactElement {
  const { uploads } = useChat();
  const { mediaId, name, blurhash } = attachment;
  const [addresses] = useState(() => addressesOf(attachment, uploads.addressOf(mediaId)));
  const [tries, setTries] = useState(0);
  const [isThere, setThere] = useState(false);
  const address = addresses[tries];
  return (
    <button
      type="button"
      aria-label={address === undefined ? undefined : name === "" ? say("files.showPicture") : say("files.show", { name })}
      disabled={address === undefined}
      onClick={onLook}
      data-picture={address === undefined ? "gone" : isThere ? "there" : "coming"}
      style={isCell ? undefined : boxOf(attachment)}
      className={`relative block overflow-hidden rounded-xl bg-raised ${isCell ? "aspect-square w-full" : ""}`}
    >
      {address === undefined ? (
        <Gone />
      ) : (
        <>
          {!isThere && blurhash !== "" && <Blur hash={blurhash} />}
          <img src={address} alt="" decoding="async" draggable={false} onLoad={() => setThere(true)} onError={() => setTries(tries + 1)} className={`absolute inset-0 size-full object-cover ${isThere ? "" : "opacity-0"}`} />
        </>
      )}
    </button>
  );
}

/** Where a picture may be found, one after the other: small ones have no smaller form. */
function addressesOf({ mediaId, contentType }: Attachment, local: string | undefined): readonly string[] {
  const isMoving = contentType === "image/gif" && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const served = isMoving ? [mediaAddress(mediaId)] : [mediaAddress(mediaId, "large"), mediaAddress(mediaId)];
  return local === undefined ? served : [local, ...served];
}

function Gone(): ReactElement {
  return (
    <span className="absolute inset-0 flex flex-col items-center justify-center gap-1 p-2 text-center text-xs text-muted">
      <Icon name="image" />
      {say("files.gone")}
    </span>
  );
}

function Blur({ hash }: { readonly hash: string }): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const pixels = pixelsOf(hash, BLUR_PX, BLUR_PX);
    if (pixels) canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels, BLUR_PX, BLUR_PX), 0, 0);
  }, [hash]);
  return <canvas ref={canvas} width={BLUR_PX} height={BLUR_PX} aria-hidden="true" className="absolute inset-0 size-full" />;
}

/** The places of several pictures. */
export function Grid({ count, children }: { readonly count: number; readonly children: ReactNode }): ReactElement {
  return <div className={`grid w-80 max-w-full gap-1 ${count === 2 || count === 4 ? "grid-cols-2" : "grid-cols-3"}`}>{children}</div>;
}
