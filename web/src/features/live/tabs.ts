// What the tabs of one person tell each other about the live stream.
import type { Connection } from "../../api/live-stream";

/** The newest events known, by conversation. */
export type Heads = ReadonlyMap<string, bigint>;

/** One thing to tell the other tabs. */
export type TabNotice =
  /** A frame of the stream, as it came from the server. */
  | { readonly kind: "frame"; readonly bytes: Uint8Array }
  | { readonly kind: "connection"; readonly connection: Connection }
  /** A tab is new, or was asleep: what did it miss? */
  | { readonly kind: "hello" }
  | { readonly kind: "heads"; readonly epoch: string; readonly heads: Heads }
  /** The person has read up to here. */
  | { readonly kind: "read"; readonly conversationId: string; readonly seq: bigint };

/** The part of BroadcastChannel that is used. */
export type TabChannel = Pick<BroadcastChannel, "postMessage" | "onmessage" | "close">;
