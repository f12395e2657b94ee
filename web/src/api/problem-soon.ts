// What went wrong, for a page that is drawn before the contract is there to read it with.
import { say } from "../words/say";
import type { Problem } from "./problem";

/** As `problemOf`. If that cannot be fetched, neither can the server be reached. */
export async function problemSoon(thrown: unknown): Promise<Problem> {
  try {
    const { problemOf } = await import("./problem");
    return problemOf(thrown);
  } catch {
    return { kind: "unreachable", reason: "", text: say("problem.unreachable"), fields: new Map(), retryAfterMs: undefined, methods: [], requestId: undefined };
  }
}
