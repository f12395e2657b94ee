// A voice note while it is spoken: how long it is, and how it ends.
import { type ReactElement, useEffect, useRef, useState } from "react";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icons";
import { say } from "../../words/say";
import { lengthWords } from "../attachments/words";
import { record, type Recording, RECORDING_MAX_MS } from "./recorder";

const TICK_MS = 250;

interface VoiceBarProps {
  readonly onFile: (file: File) => void;
  readonly onClose: () => void;
}

/** Begins at once, if the microphone may be used; says so if not. */
export default function VoiceBar({ onFile, onClose }: VoiceBarProps): ReactElement {
  const recording = useRef<Recording>(undefined);
  const done = useRef<HTMLButtonElement>(null);
  const [status, setStatus] = useState<"asking" | "recording" | "refused" | "missing">("asking");
  const [length, setLength] = useState(0);
  useEffect(() => {
    let isGone = false;
    record(say("voice.fileName")).then(
      (begun) => {
        if (isGone) return begun.cancel();
        recording.current = begun;
        setStatus("recording");
      },
      (thrown) => !isGone && setStatus((thrown as Error).name === "NotFoundError" ? "missing" : "refused"),
    );
    return () => {
      isGone = true;
      recording.current?.cancel();
    };
  }, []);
  const finish = async () => {
    const file = await recording.current?.finish();
    recording.current = undefined;
    if (file) onFile(file);
    onClose();
  };
  const ending = useRef(finish);
  ending.current = finish;
  useEffect(() => {
    if (status !== "recording") return;
    done.current?.focus();
    const begin = performance.now();
    const timer = setInterval(() => {
      const now = performance.now() - begin;
      setLength(now);
      if (now > RECORDING_MAX_MS) void ending.current();
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [status]);
  const failed = status === "refused" || status === "missing";
  return (
    <div
      role="group"
      aria-label={say("voice.title")}
      onKeyDown={({ key }) => key === "Escape" && onClose()}
      className="mx-auto mb-2 flex max-w-talk items-center gap-2 rounded-xl border border-line bg-ground px-3 py-1.5 text-sm"
    >
      {failed ? (
        <p role="alert" className="min-w-0 flex-1 text-danger">
          {say(status === "missing" ? "voice.missing" : "voice.refused")}
        </p>
      ) : (
        <p role="status" className="flex min-w-0 flex-1 items-center gap-2">
          <span className={`flex text-danger ${status === "recording" ? "motion-safe:animate-pulse" : ""}`}>
            <Icon name="mic" className="size-4" />
          </span>
          {say(status === "asking" ? "voice.asking" : "voice.recording")}
        </p>
      )}
      {status === "recording" && <span className="text-muted tabular-nums">{lengthWords(length)}</span>}
      <Button look="quiet" onClick={onClose}>
        {say(failed ? "voice.close" : "do.cancel")}
      </Button>
      {status === "recording" && (
        <Button ref={done} onClick={() => void finish()}>
          {say("voice.done")}
        </Button>
      )}
    </div>
  );
}
