// A sound that was sent, such as a voice note: played, stopped, gone through.
import { type ReactElement, useRef, useState } from "react";
import { mediaAddress } from "../../api/media-door";
import { Icon } from "../../ui/icons";
import { say } from "../../words/say";
import { lengthWords } from "./words";

interface SoundProps {
  readonly mediaId: string;
  readonly name: string;
  readonly isMine: boolean;
}

/** One row: a button, how far it is, how long it is. */
export function Sound({ mediaId, name, isMine }: SoundProps): ReactElement {
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(0);
  // What a browser has recorded may not say how long it is: then that is known when it has been heard.
  const measure = ({ duration }: HTMLAudioElement) => setLength(Number.isFinite(duration) ? duration : 0);
  const toggle = () => {
    const { current } = audio;
    if (!current?.paused) return current?.pause();
    current.play().catch(({ name: why }: Error) => why !== "AbortError" && setBroken(true));
  };
  const label = say(isPlaying ? "files.pause" : "files.play");
  return (
    <div role="group" aria-label={name || say("files.sound")} className={`flex w-72 max-w-full items-center gap-2 rounded-xl p-1.5 pe-3 ${isMine ? "bg-black/15" : "bg-raised"}`}>
      <audio
        ref={audio}
        preload="metadata"
        src={mediaAddress(mediaId)}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onEnded={({ currentTarget }) => setLength(currentTarget.currentTime)}
        onLoadedMetadata={({ currentTarget }) => measure(currentTarget)}
        onDurationChange={({ currentTarget }) => measure(currentTarget)}
        onTimeUpdate={({ currentTarget }) => setAt(currentTarget.currentTime)}
        onError={() => setBroken(true)}
      />
      <button type="button" aria-label={label} title={label} disabled={isBroken} onClick={toggle} className={`flex size-9 shrink-0 items-center justify-center rounded-full ${isMine ? "bg-on-mine text-mine" : "bg-accent text-on-accent"} disabled:opacity-60`}>
        <Icon name={isPlaying ? "pause" : "play"} />
      </button>
      {isBroken ? (
        <span className="text-sm">{say("files.unplayable")}</span>
      ) : (
        <>
          <input
            type="range"
            min={0}
            max={Math.max(length, at)}
            step="any"
            value={at}
            aria-label={say("files.position")}
            aria-valuetext={lengthWords(at * 1000)}
            onChange={({ currentTarget }) => {
              if (audio.current) audio.current.currentTime = Number(currentTarget.value);
            }}
            className={`h-1 min-w-0 flex-1 ${isMine ? "accent-on-mine" : "accent-accent"}`}
          />
          <span className="text-xs tabular-nums">{lengthWords((isPlaying || at > 0 ? at : length) * 1000)}</span>
        </>
      )}
    </div>
  );
}
