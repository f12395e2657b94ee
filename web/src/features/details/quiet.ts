// For how long one can want to hear nothing of a conversation.
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type PlainPhrase, say } from "../../words/say";
import { spoken } from "../../words/spoken";

const HOUR_MS = 3_600_000;
/** "Until I turn it back on": further away than anybody waits. */
const FOR_EVER_MS = 10 * 365 * 24 * HOUR_MS;
/** What ends later than this is for good, as one said it. */
const LONG_MS = 365 * 24 * HOUR_MS;

/** The choices, in the order in which they are offered. */
export const QUIET: readonly { readonly phrase: PlainPhrase; readonly ms: number }[] = [
  { phrase: "quiet.hour", ms: HOUR_MS },
  { phrase: "quiet.hours", ms: 8 * HOUR_MS },
  { phrase: "quiet.week", ms: 7 * 24 * HOUR_MS },
  { phrase: "quiet.forEver", ms: FOR_EVER_MS },
];

/** The time until when, for the contract. */
export function quietUntil(ms: number, now: number): ReturnType<typeof timestampFromMs> {
  return timestampFromMs(now + ms);
}

/** Until when, in words; empty if it is not quiet. */
export function quietWords(muteUntil: number, now: number): string {
  if (muteUntil <= now) return "";
  if (muteUntil - now > LONG_MS) return say("details.muted");
  const { clock, date } = spoken().formats;
  return say("details.mutedUntil", { time: (muteUntil - now < 24 * HOUR_MS ? clock : date).format(muteUntil) });
}
