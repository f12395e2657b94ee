// How files reach the server: tus 1.0 on its own origin, so that what was cut
// off goes on where it was (https://tus.io/protocols/resumable-upload).
import { problemOfHttp, Refused } from "./problem";

const UPLOADS = "/media/uploads";
const VERSION = { "tus-resumable": "1.0.0" };
/** After so much silence, in which no byte went and no answer came, a request is given up. */
const SILENCE_MAX_MS = 90_000;

/** What a file is uploaded for, as the address says it. */
export type Purpose = "message" | "avatar" | "group-picture";

/** A form of a picture. */
export type Variant = "large" | "small";

/** Where a file is, once it is uploaded. */
export function mediaAddress(mediaId: string, variant?: Variant): string {
  return variant ? `/media/${mediaId}/${variant}` : `/media/${mediaId}`;
}

/** Where a file is that is to be kept, not shown. */
export function downloadAddress(mediaId: string): string {
  return `${mediaAddress(mediaId)}?download`;
}

/** A file on its way. */
export interface Sending {
  readonly uploadId: string;
  readonly file: Blob;
  /** How many bytes are there already. */
  readonly offset: number;
  /** Called with how many bytes went out, as they go. */
  readonly onProgress: (sent: number) => void;
  readonly signal: AbortSignal;
}

/** Sends files. Everything throws a `Refused` that says why it failed. */
export interface MediaDoor {
  /** Begins an upload; its id will be that of the file. */
  readonly begin: (file: { readonly name: string; readonly size: number }, purpose: Purpose, signal: AbortSignal) => Promise<string>;
  /** How many bytes are there. With the last of them it is a file. */
  readonly offset: (uploadId: string, signal: AbortSignal) => Promise<number>;
  /** Sends the rest. Returns how many bytes are there then. */
  readonly append: (sending: Sending) => Promise<number>;
  /** Gives an upload up. */
  readonly cancel: (uploadId: string) => Promise<void>;
}

/** The door of the server that the page came from. */
export function browserDoor(): MediaDoor {
  return { begin, offset, append, cancel };
}

async function begin({ name, size }: { readonly name: string; readonly size: number }, purpose: Purpose, signal: AbortSignal): Promise<string> {
  const metadata = `purpose ${base64(purpose)},filename ${base64(name)}`;
  const answer = await ask("POST", UPLOADS, { "upload-length": String(size), "upload-metadata": metadata }, signal);
  return answer.headers.get("location")?.split("/").at(-1) ?? "";
}

async function offset(uploadId: string, signal: AbortSignal): Promise<number> {
  const answer = await ask("HEAD", `${UPLOADS}/${uploadId}`, {}, signal);
  return Number(answer.headers.get("upload-offset"));
}

async function cancel(uploadId: string): Promise<void> {
  await ask("DELETE", `${UPLOADS}/${uploadId}`, {}, AbortSignal.timeout(SILENCE_MAX_MS));
}

async function ask(method: string, path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, { method, headers: { ...VERSION, ...headers }, signal: AbortSignal.any([signal, AbortSignal.timeout(SILENCE_MAX_MS)]) });
  } catch {
    throw unreachable();
  }
  if (answer.ok) return answer;
  const body = await answer.text().catch(() => "");
  throw new Refused(problemOfHttp({ status: answer.status, body, retryAfter: answer.headers.get("retry-after") }));
}

/** Only this kind of request tells how much has gone out. */
function append({ uploadId, file, offset: from, onProgress, signal }: Sending): Promise<number> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(unreachable());
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    let watchdog = setTimeout(stop, SILENCE_MAX_MS);
    request.open("PATCH", `${UPLOADS}/${uploadId}`);
    for (const [name, value] of Object.entries({ ...VERSION, "upload-offset": String(from), "content-type": "application/offset+octet-stream" })) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(stop, SILENCE_MAX_MS);
      onProgress(from + loaded);
    };
    request.onloadend = () => {
      clearTimeout(watchdog);
      signal.removeEventListener("abort", stop);
      const { status, responseText } = request;
      if (status >= 200 && status < 300) return resolve(Number(request.getResponseHeader("upload-offset")));
      reject(new Refused(problemOfHttp({ status, body: responseText, retryAfter: request.getResponseHeader("retry-after") })));
    };
    signal.addEventListener("abort", stop);
    request.send(from === 0 ? file : file.slice(from));
  });
}

function unreachable(): Refused {
  return new Refused(problemOfHttp({ status: 0, body: "", retryAfter: null }));
}

/** The bytes of a text in base64: a header holds no others. */
function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}
