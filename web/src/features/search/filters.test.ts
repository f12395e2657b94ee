// A search is as narrow as one made it.
import { describe, expect, it } from "vitest";
import { MessageFeature } from "../../gen/confab/message/v1/message_service_pb";
import { NO_FILTERS, QUERY_CHARS_MAX, requestFor } from "./filters";

const NOW = 1_700_000_000_000;

describe("a search", () => {
  it("is for everything, unless it is narrowed", () => {
    expect(requestFor(" looms ", NO_FILTERS, NOW, "")).toEqual({ query: "looms", pageToken: "", has: MessageFeature.UNSPECIFIED });
  });

  it("says what narrows it", () => {
    const request = requestFor("looms", { conversationId: "c", senderId: "ada", days: 7, has: MessageFeature.LINK }, NOW, "next");
    expect(request).toMatchObject({ conversationId: "c", senderId: "ada", has: MessageFeature.LINK, pageToken: "next" });
    expect(request.afterTime?.seconds).toBe(BigInt(NOW / 1000 - 7 * 86_400));
  });

  it("is no longer than the server takes, and cuts no letter in two", () => {
    const request = requestFor("😀".repeat(300), NO_FILTERS, NOW, "");
    expect([...(request.query ?? "")]).toHaveLength(QUERY_CHARS_MAX);
  });
});
