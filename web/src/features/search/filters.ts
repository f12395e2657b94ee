// What narrows a search, and how it is said to the server. Pure.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { MessageFeature, type SearchMessagesRequestSchema } from "../../gen/confab/message/v1/message_service_pb";
import { type PlainPhrase } from "../../words/say";

const DAY_MS = 86_400_000;

/** The longest query that the contract takes, in characters. */
export const QUERY_CHARS_MAX = 200;

/** How long ago, at most. */
export const AGES: readonly { readonly phrase: PlainPhrase; readonly days: number }[] = [
  { phrase: "search.anyTime", days: 0 },
  { phrase: "search.pastDay", days: 1 },
  { phrase: "search.pastWeek", days: 7 },
  { phrase: "search.pastMonth", days: 31 },
  { phrase: "search.pastYear", days: 366 },
];

/** What a message can have beside its words. */
export const FEATURES: readonly { readonly phrase: PlainPhrase; readonly has: MessageFeature }[] = [
  { phrase: "search.withLink", has: MessageFeature.LINK },
  { phrase: "search.withPicture", has: MessageFeature.IMAGE },
  { phrase: "search.withFile", has: MessageFeature.FILE },
];

/** What narrows a search; what is empty or 0 does not. */
export interface Filters {
  readonly conversationId: string;
  readonly senderId: string;
  readonly days: number;
  /** What it has beside its words. */
  readonly has: MessageFeature;
}

/** Everything is searched. */
export const NO_FILTERS: Filters = { conversationId: "", senderId: "", days: 0, has: MessageFeature.UNSPECIFIED };

/** The request for a page. */
export function requestFor(query: string, { conversationId, senderId, days, has }: Filters, now: number, pageToken: string): MessageInitShape<typeof SearchMessagesRequestSchema> {
  return {
    query: [...query.trim()].slice(0, QUERY_CHARS_MAX).join(""),
    pageToken,
    has,
    ...(conversationId !== "" && { conversationId }),
    ...(senderId !== "" && { senderId }),
    ...(days > 0 && { afterTime: timestampFromMs(now - days * DAY_MS) }),
  };
}
