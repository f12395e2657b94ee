// One picture alone, as large as the window or larger; others beside it.
import { type KeyboardEvent, type PointerEvent, type ReactElement, type WheelEvent, useEffect, useRef, useState } from "react";
import { downloadAddress, mediaAddress } from "../../api/media-door";
import type { Attachment } from "../../log/attachment";
import { Icon, type IconName } from "../../ui/icons";
import { say } from "../../words/say";
import { type Look, moved, UNTOUCHED, zoomed } from "./look";

interface ViewerProps {
  readonly pictures: readonly Attachment[];
  /** The one to begin with. */
  readonly mediaId: string;
  readonly onClose: () => void;
}

/** One step of the keys and buttons. */
const STEP = 1.5;

/** Escape closes it, arrows lead to the others, plus and minus change how large it is. */
export default function Viewer({ pictures, mediaId, onClose }: ViewerProps): ReactElement | null {
  const box = useRef<HTMLDialogElement>(null);
  const [shownId, setShown] = useState(mediaId);
  const [look, setLook] = useState<Look>(UNTOUCHED);
  useEffect(() => {
    const opener = document.activeElement;
    box.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  const place = pictures.findIndex((picture) => picture.mediaId === shownId);
  const picture = pictures[place];
  useEffect(() => {
    // Deleted meanwhile.
    if (!picture) onClose();
  }, [picture, onClose]);
  if (!picture) return null;
  const go = (step: number) => {
    const to = pictures[place + step];
    if (!to) return;
    setShown(to.mediaId);
    setLook(UNTOUCHED);
  };
  const zoom = (factor: number) => setLook((before) => zoomed(before, factor));
  const onKey = (event: KeyboardEvent) => {
    const isFromLeft = getComputedStyle(event.currentTarget).direction !== "rtl";
    const keys: Record<string, () => void> = {
      ArrowLeft: () => go(isFromLeft ? -1 : 1),
      ArrowRight: () => go(isFromLeft ? 1 : -1),
      "+": () => zoom(STEP),
      "=": () => zoom(STEP),
      "-": () => zoom(1 / STEP),
      "0": () => setLook(UNTOUCHED),
    };
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const name = picture.name || say("files.picture");
  return (
    <dialog
      ref={box}
      aria-label={say("viewer.title", { name })}
      onKeyDown={onKey}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className="m-0 h-dvh max-h-none w-screen max-w-none overflow-hidden bg-neutral-950 p-0 text-white backdrop:bg-black"
    >
      <Stage key={shownId} picture={picture} look={look} onLook={setLook} />
      <header className="absolute inset-x-0 top-0 flex items-center gap-1 bg-black/60 px-3 py-2">
        <p className="min-w-0 flex-1 truncate text-sm">
          <bdi>{name}</bdi>
          {pictures.length > 1 && <span className="ms-2 text-white/75 tabular-nums">{say("viewer.place", { place: String(place + 1), all: String(pictures.length) })}</span>}
        </p>
        <Tool icon="minus" label={say("viewer.smaller")} isDisabled={look.scale <= 1} onPress={() => zoom(1 / STEP)} />
        <Tool icon="plus" label={say("viewer.larger")} onPress={() => zoom(STEP)} />
        <a href={downloadAddress(picture.mediaId)} download={picture.name} aria-label={say("files.download", { name })} title={say("files.download", { name })} className={TOOL}>
          <Icon name="download" />
        </a>
        <Tool icon="close" label={say("viewer.close")} onPress={onClose} />
      </header>
      {place > 0 && <Tool icon="back" label={say("viewer.previous")} onPress={() => go(-1)} className="absolute start-3 top-1/2 bg-black/60" />}
      {place < pictures.length - 1 && <Tool icon="next" label={say("viewer.next")} onPress={() => go(1)} className="absolute end-3 top-1/2 bg-black/60" />}
    </dialog>
  );
}

const TOOL = "rounded-full p-2 text-white outline-white hover:bg-white/20 disabled:opacity-40";

interface ToolProps {
  readonly icon: IconName;
  readonly label: string;
  readonly isDisabled?: boolean;
  readonly className?: string;
  readonly onPress: () => void;
}

function Tool({ icon, label, isDisabled = false, className = "", onPress }: ToolProps): ReactElement {
  return (
    <button type="button" aria-label={label} title={label} disabled={isDisabled} onClick={onPress} className={`${TOOL} ${className}`}>
      <Icon name={icon} />
    </button>
  );
}

interface StageProps {
  readonly picture: Attachment;
  readonly look: Look;
  readonly onLook: (change: (before: Look) => Look) => void;
}

/** Where the picture is drawn: dragged when it is larger than the window, a wheel or two presses change that. */
function Stage({ picture, look, onLook }: StageProps): ReactElement {
  const held = useRef<{ readonly x: number; readonly y: number }>(undefined);
  const onMove = ({ clientX: x, clientY: y }: PointerEvent) => {
    const before = held.current;
    if (!before) return;
    held.current = { x, y };
    onLook((now) => moved(now, x - before.x, y - before.y, { width: innerWidth, height: innerHeight }));
  };
  const release = () => {
    held.current = undefined;
  };
  return (
    <div
      onPointerDown={({ currentTarget, pointerId, clientX: x, clientY: y }) => {
        held.current = { x, y };
        currentTarget.setPointerCapture(pointerId);
      }}
      onPointerMove={onMove}
      onPointerUp={release}
      onPointerCancel={release}
      onWheel={({ deltaY }: WheelEvent) => onLook((now) => zoomed(now, deltaY < 0 ? STEP : 1 / STEP))}
      onDoubleClick={() => onLook((now) => (now.scale > 1 ? UNTOUCHED : zoomed(now, STEP * STEP)))}
      className={`flex size-full touch-none items-center justify-center px-2 py-14 ${look.scale > 1 ? "cursor-grab" : ""}`}
    >
      <img
        src={mediaAddress(picture.mediaId)}
        alt={picture.name || say("files.picture")}
        draggable={false}
        {...(picture.width > 0 && { width: picture.width, height: picture.height })}
        style={{ transform: `translate(${look.x}px, ${look.y}px) scale(${look.scale})` }}
        className="max-h-full max-w-full object-contain"
      />
    </div>
  );
}
