// @vitest-environment node
// Errors of calls become kinds and sentences.
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../gen/google/rpc/error_details_pb";
import { isPassing, problemOf } from "./problem";

describe("a problem", () => {
  it("names the fields that are wrong, and the reason", () => {
    const details = [
      { desc: BadRequestSchema, value: { fieldViolations: [{ field: "password", description: "must be at least 8 characters" }] } },
      { desc: ErrorInfoSchema, value: { reason: "INVALID_FIELD", domain: "confab" } },
    ];
    const problem = problemOf(new ConnectError("password must be at least 8 characters", Code.InvalidArgument, undefined, details));
    expect(problem).toMatchObject({ kind: "invalid", reason: "INVALID_FIELD", text: "Password must be at least 8 characters." });
    expect(problem.fields).toEqual(new Map([["password", "must be at least 8 characters"]]));
    expect(isPassing(problem)).toBe(false);
  });

  it("is passing when the net failed, however the browser says it", () => {
    expect(problemOf(new TypeError("Failed to fetch")).kind).toBe("unreachable");
    expect(isPassing(problemOf(new ConnectError("down", Code.Unavailable)))).toBe(true);
    expect(isPassing(problemOf(new ConnectError("cut off", Code.Unknown)))).toBe(true);
  });

  it("says how long to wait, if the server does", () => {
    const retryDelay = { seconds: 2n, nanos: 500_000_000 };
    const error = new ConnectError("busy", Code.ResourceExhausted, undefined, [{ desc: RetryInfoSchema, value: create(RetryInfoSchema, { retryDelay }) }]);
    expect(problemOf(error)).toMatchObject({ kind: "busy", retryAfterMs: 2_500 });
  });

  it("keeps the server's insides to itself, but names the request", () => {
    const problem = problemOf(new ConnectError("thread panicked at …", Code.Internal, { "x-request-id": "r1" }));
    expect(problem.text).toBe("The server made a mistake. Please try again.");
    expect(problem.requestId).toBe("r1");
  });
});
