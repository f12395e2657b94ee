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

/** What narrows a search; what is empty or 0 does not. */
export interface Filters {
  readonly conversationId: string;
  readonly senderId: string;
  readonly days: number;
  readonly hasLink: boolean;
}

/** Everything is searched. */
export const NO_FILTERS: Filters = { conversationId: "", senderId: "", days: 0, hasLink: false };

/** The request for a page. */
export function requestFor(query: string, { conversationId, senderId, days, hasLink }: Filters, now: number, pageToken: string): MessageInitShape<typeof SearchMessagesRequestSchema> {
  return {
    query: [...query.trim()].slice(0, QUERY_CHARS_MAX).join(""),
    pageToken,
    has: hasLink ? MessageFeature.LINK : MessageFeature.UNSPECIFIED,
    ...(conversationId !== "" && { conversationId }),
    ...(senderId !== "" && { senderId }),
    ...(days > 0 && { afterTime: timestampFromMs(now - days * DAY_MS) }),
  };
}
