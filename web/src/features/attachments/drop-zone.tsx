// Takes files that are dropped anywhere on a conversation.
import { type DragEvent, type ReactElement, type ReactNode, useRef, useState } from "react";
import { Icon } from "../../ui/icons";
import { say } from "../../words/say";

interface DropZoneProps {
  readonly isEnabled: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  readonly className: string;
  readonly children: ReactNode;
}

/** Says that files can be dropped while some are held over it. */
export function DropZone({ isEnabled, onFiles, className, children }: DropZoneProps): ReactElement {
  const [isOver, setOver] = useState(false);
  // What is inside is entered before what is around it is left.
  const depth = useRef(0);
  const move = (step: number) => {
    depth.current = Math.max(0, depth.current + step);
    setOver(depth.current > 0);
  };
  const ours = (work: () => void) => (event: DragEvent) => {
    if (!isEnabled || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    work();
  };
  return (
    <div
      onDragEnter={ours(() => move(1))}
      onDragLeave={ours(() => move(-1))}
      onDragOver={ours(() => {})}
      onDrop={(event) =>
        ours(() => {
          depth.current = 0;
          setOver(false);
          onFiles([...event.dataTransfer.files]);
        })(event)
      }
      className={className}
    >
      {children}
      {isOver && (
        <div className="pointer-events-none absolute inset-2 z-30 flex flex-col items-center justify-center gap-2 rounded-2xl border-2 border-dashed border-accent bg-panel/90 text-lg font-medium text-accent">
          <Icon name="clip" className="size-8" />
          {say("files.drop")}
        </div>
      )}
    </div>
  );
}
