// Reads parts of a conversation that do not reach to its end. Everything here
// throws what the call throws.
import type { Api } from "../../api/transport";
import type { ListMessagesRequest } from "../../gen/confab/message/v1/message_service_pb";
import { type Excerpt, excerptOf, withNewer, withOlder } from "../../log/excerpt";

/** Messages read at once: the most the contract allows. */
const PAGE_SIZE = 100;

/** Where an excerpt may begin. */
export type Start = NonNullable<ListMessagesRequest["start"]>;

/** What was said from a message or a time on. */
export async function readExcerpt({ messages }: Pick<Api, "messages">, conversationId: string, start: Start, signal: AbortSignal): Promise<Excerpt> {
  return excerptOf(await messages.listMessages({ conversationId, start, pageSize: PAGE_SIZE }, { signal }));
}

/** An excerpt with what was said before it. */
export async function readOlder({ messages }: Pick<Api, "messages">, conversationId: string, excerpt: Excerpt, signal: AbortSignal): Promise<Excerpt> {
  return withOlder(excerpt, await messages.listMessages({ conversationId, pageToken: excerpt.olderToken, pageSize: PAGE_SIZE }, { signal }));
}

/** An excerpt with what was said after it. */
export async function readNewer({ messages }: Pick<Api, "messages">, conversationId: string, excerpt: Excerpt, signal: AbortSignal): Promise<Excerpt> {
  const start: Start = { case: "afterSeq", value: excerpt.messages.at(-1)?.seq ?? 0n };
  return withNewer(excerpt, await messages.listMessages({ conversationId, start, pageSize: PAGE_SIZE }, { signal }));
}
