// Everything that is kept of one, as a file.
import type { Api } from "../../api/transport";

/**
 * Fetches the whole of it, and tells how many bytes there are so far. Throws what the call throws, also when it
 * breaks off: a part is good for nothing.
 */
export async function exported(auth: Pick<Api["auth"], "exportAccount">, signal: AbortSignal, onBytes: (count: number) => void): Promise<Blob> {
  const parts: Blob[] = [];
  let count = 0;
  for await (const { chunk } of auth.exportAccount({}, { signal, timeoutMs: 0 })) {
    // A blob at once: the browser may keep it elsewhere than in its memory.
    parts.push(new Blob([new Uint8Array(chunk)]));
    count += chunk.length;
    onBytes(count);
  }
  return new Blob(parts, { type: "application/zip" });
}
