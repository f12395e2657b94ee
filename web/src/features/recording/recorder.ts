// Records what somebody says into the microphone.

/** What browsers can record, the best first: all of them hold the same sound. */
const FORMATS = [
  { type: "audio/ogg;codecs=opus", ending: "ogg" },
  { type: "audio/webm;codecs=opus", ending: "webm" },
  { type: "audio/mp4", ending: "m4a" },
] as const;
/** Who says more than this is writing a book. */
export const RECORDING_MAX_MS = 15 * 60_000;
/** Speech needs no more. */
const BITS_PER_SECOND = 32_000;

/** A recording that is under way. */
export interface Recording {
  /** Ends it. Resolves to what was said. */
  readonly finish: () => Promise<File>;
  /** Ends it, and forgets it. */
  readonly cancel: () => void;
}

/** Whether this browser can record, on this page. */
export function canRecord(): boolean {
  return typeof MediaRecorder !== "undefined" && (navigator.mediaDevices as MediaDevices | undefined)?.getUserMedia !== undefined && format() !== undefined;
}

/** Asks for the microphone and begins. Throws what the browser throws, as when it is not allowed. */
export async function record(name: string): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const { type, ending } = format() ?? FORMATS[0];
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_PER_SECOND });
  const pieces: Blob[] = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const stopped = new Promise<void>((resolve) => {
    recorder.onstop = () => resolve();
  });
  const stop = async () => {
    if (recorder.state !== "inactive") recorder.stop();
    await stopped;
    for (const track of stream.getTracks()) track.stop();
  };
  recorder.start();
  return {
    finish: async () => {
      await stop();
      return new File(pieces, `${name}.${ending}`, { type: type.split(";")[0] ?? type });
    },
    cancel: () => void stop(),
  };
}

function format(): (typeof FORMATS)[number] | undefined {
  return FORMATS.find(({ type }) => MediaRecorder.isTypeSupported(type));
}
