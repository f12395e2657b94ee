// What went wrong, in words for people and kinds for programs: the only place
// that reads a ConnectError, or an answer that says what is wrong (RFC 9457).
import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../gen/google/rpc/error_details_pb";
import { flawWords, refusalWords } from "../words/refusals";
import { say } from "../words/say";

/** What a program can do about a problem. */
export type ProblemKind =
  /** Nobody knows whether it was done: try again. */
  | "unreachable"
  /** Too much at once: try again later. */
  | "busy"
  /** Not signed in, or the wrong password. */
  | "unauthenticated"
  /** The request will never be accepted as it is. */
  | "invalid"
  | "exists"
  | "denied"
  | "not-found"
  /** We gave it up ourselves. */
  | "cancelled"
  /** The server's fault. */
  | "internal";

/** Something that went wrong. */
export interface Problem {
  readonly kind: ProblemKind;
  /** The server's word for it (`google.rpc.ErrorInfo.reason`); empty if it gave none. */
  readonly reason: string;
  /** A sentence to show. */
  readonly text: string;
  /** What is wrong with single fields, by their names in the contract; to be read after the name of the field. */
  readonly fields: ReadonlyMap<string, string>;
  /** How long the server asks to wait before the next try. */
  readonly retryAfterMs: number | undefined;
  /** What one can prove who one is with, if that is asked for first: `password`, `totp`, `recovery_code`, `passkey`. */
  readonly methods: readonly string[];
  /** What to quote to whoever runs the server. */
  readonly requestId: string | undefined;
}

/** Whether doing the same again can help. */
export function isPassing(problem: Problem): boolean {
  return problem.kind === "unreachable" || problem.kind === "busy" || problem.kind === "internal";
}

/** What is thrown by whoever knows the problem already. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.text);
  }
}

/** What to throw when something of the browser or of others failed, in words for people. */
export function refusal(text: string): Refused {
  return new Refused({ kind: "invalid", reason: "", text, fields: new Map(), retryAfterMs: undefined, methods: [], requestId: undefined });
}

/** Reads whatever a call threw. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Refused) return thrown.problem;
  const error = ConnectError.from(thrown);
  const kind = kindOf(error);
  const info = error.findDetails(ErrorInfoSchema)[0];
  const reason = info?.reason ?? "";
  const violations = error.findDetails(BadRequestSchema).flatMap((detail) => detail.fieldViolations);
  const delay = error.findDetails(RetryInfoSchema)[0]?.retryDelay;
  return {
    kind,
    reason,
    text: sentence(kind, reason, error.rawMessage),
    fields: new Map(violations.map(({ field, description }) => [field, flawWords(description)])),
    retryAfterMs: delay && Number(delay.seconds) * 1000 + delay.nanos / 1e6,
    methods: info?.metadata["methods"]?.split(",") ?? [],
    requestId: error.metadata.get("x-request-id") ?? undefined,
  };
}

/** An answer over plain HTTP that is none of success; 0 if there was none. */
export interface HttpRefusal {
  readonly status: number;
  readonly body: string;
  /** What the header `retry-after` says, in seconds. */
  readonly retryAfter: string | null;
}

/** Reads an answer over plain HTTP. */
export function problemOfHttp({ status, body, retryAfter }: HttpRefusal): Problem {
  const { reason = "", detail = "", requestId } = parsed(body);
  const kind = HTTP_KINDS[status] ?? (status >= 500 ? "internal" : "invalid");
  const seconds = Number(retryAfter ?? Number.NaN);
  return { kind, reason, text: sentence(kind, reason, detail), fields: new Map(), retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : undefined, methods: [], requestId };
}

const HTTP_KINDS: Readonly<Record<number, ProblemKind>> = {
  0: "unreachable",
  401: "unauthenticated",
  403: "denied",
  404: "not-found",
  408: "unreachable",
  // Where the bytes go, or who sends them, is to be found out anew.
  409: "unreachable",
  423: "busy",
  429: "busy",
  502: "unreachable",
  503: "unreachable",
  504: "unreachable",
  // No more room: doing the same again does not help.
  507: "invalid",
};

/** What an answer says, if it says anything that can be read. */
function parsed(body: string): { readonly reason?: string; readonly detail?: string; readonly requestId?: string } {
  try {
    const { reason, detail, requestId } = JSON.parse(body) as Record<string, unknown>;
    return { ...(typeof reason === "string" && { reason }), ...(typeof detail === "string" && { detail }), ...(typeof requestId === "string" && { requestId }) };
  } catch {
    return {};
  }
}

function kindOf(error: ConnectError): ProblemKind {
  // fetch tells of every network failure, before and during a response, with a TypeError.
  if (error.cause instanceof TypeError) return "unreachable";
  switch (error.code) {
    case Code.Unavailable:
    case Code.DeadlineExceeded:
    case Code.Aborted:
      return "unreachable";
    // A response that was cut off, or an answer from something that is not our server.
    case Code.Unknown:
      return "unreachable";
    case Code.ResourceExhausted:
      return "busy";
    case Code.Unauthenticated:
      return "unauthenticated";
    case Code.InvalidArgument:
    case Code.FailedPrecondition:
    case Code.OutOfRange:
      return "invalid";
    case Code.AlreadyExists:
      return "exists";
    case Code.PermissionDenied:
      return "denied";
    case Code.NotFound:
      return "not-found";
    case Code.Canceled:
      return "cancelled";
    case Code.Unimplemented:
    case Code.Internal:
    case Code.DataLoss:
      return "internal";
  }
}

function sentence(kind: ProblemKind, reason: string, message: string): string {
  switch (kind) {
    case "unreachable":
      return say(reason === "PROVIDER_DOWN" ? "problem.providerDown" : "problem.unreachable");
    case "busy":
      return say(reason === "TOO_MANY_GUESSES" ? "problem.guesses" : "problem.busy");
    case "internal":
      return say("problem.internal");
    case "cancelled":
      return say("problem.cancelled");
    default:
      return refusalWords(reason) ?? (message === "" ? say("problem.refused") : capitalised(message));
  }
}

function capitalised(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
