// The clients of npm, as pages and programs use them: each makes the same calls, and says what came of them in the same words.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { GrpcWebClientBase, MethodDescriptor } from "grpc-web";
import { AuthService } from "../src/gen/confab/auth/v1/auth_service_pb.ts";
import { LiveService } from "../src/gen/confab/message/v1/live_service_pb.ts";
import { MessageService } from "../src/gen/confab/message/v1/message_service_pb.ts";
import { BadRequestSchema, ErrorInfoSchema } from "../src/gen/google/rpc/error_details_pb.ts";

/** A conversation that nobody has. */
const NOBODYS = "0192c1f0-0000-7000-8000-000000000000";
/** What nobody's conversations come to: the stream says so, and ends. */
const WRONG_HASH = new Uint8Array(32);
const WRONG_EPOCH = "x".repeat(65);

/** What comes of a few calls by `client`, which has `call` and `stream`. */
async function tried({ call, stream }) {
  const { user } = await call(AuthService.method.getMe, {});
  const frames = [];
  await stream(LiveService.method.subscribe, { headsHash: WRONG_HASH }, ({ frame }) => frames.push(frame.case));
  return {
    name: user.name,
    frames,
    missing: await refusal(call(MessageService.method.getMessage, { conversationId: NOBODYS, seq: 1n })),
    invalid: await refusal(call(MessageService.method.getMessage, { conversationId: "x", seq: 0n })),
    stream: await refusal(stream(LiveService.method.subscribe, { epoch: WRONG_EPOCH }, () => {})),
  };
}

/** Why `answer` does not come, with the details of `google.rpc`. */
async function refusal(answer) {
  const failure = await answer.then(
    () => {
      throw new Error("it was not refused");
    },
    (error) => error,
  );
  const { code, text, infos, requests } = failure instanceof ConnectError ? ofConnect(failure) : ofGrpcWeb(failure);
  return { code, text, reasons: infos.map(({ domain, reason }) => `${domain}/${reason}`), fields: requests.flatMap(({ fieldViolations }) => fieldViolations.map(({ field }) => field)) };
}

function ofConnect(error) {
  return { code: error.code, text: error.rawMessage, infos: error.findDetails(ErrorInfoSchema), requests: error.findDetails(BadRequestSchema) };
}

function ofGrpcWeb(error) {
  const details = error.metadata["grpc-status-details-bin"] ?? "";
  const bytes = Uint8Array.from(atob(details), (character) => character.charCodeAt(0));
  const found = detailsIn(bytes);
  const of = (schema) => found.filter(({ url }) => url.endsWith(`/${schema.typeName}`)).map(({ value }) => fromBinary(schema, value));
  return { code: error.code, text: error.message, infos: of(ErrorInfoSchema), requests: of(BadRequestSchema) };
}

/** The details of a `google.rpc.Status`: its third field, each an address and a value. */
function detailsIn(bytes) {
  return fields(bytes, 3).map((detail) => ({ url: new TextDecoder().decode(fields(detail, 1)[0]), value: fields(detail, 2)[0] ?? new Uint8Array() }));
}

/** All that a message has in a field of bytes. */
function fields(bytes, wanted) {
  const reader = new BinaryReader(bytes);
  const found = [];
  while (reader.pos < reader.len) {
    const [number, kind] = reader.tag();
    if (number === wanted) found.push(reader.bytes());
    else reader.skip(kind, number);
  }
  return found;
}

/** By connect, with any of its transports. */
export function byConnect(transport) {
  const client = (method) => createClient(method.parent, transport)[method.localName];
  return tried({
    call: (method, request) => client(method)(request),
    stream: async (method, request, take) => {
      for await (const message of client(method)(request)) take(message);
    },
  });
}

/** By connect-web, in a page. */
export function byConnectWeb() {
  return byConnect(createGrpcWebTransport({ baseUrl: location.origin }));
}

/** By grpc-web, in a page: `format` is "text" or "binary". */
export function byGrpcWeb(format) {
  const client = new GrpcWebClientBase({ format });
  const address = (method) => `${location.origin}/${method.parent.typeName}/${method.name}`;
  const descriptor = (method, kind) =>
    new MethodDescriptor(
      `/${method.parent.typeName}/${method.name}`,
      kind,
      Object,
      Object,
      (request) => toBinary(method.input, create(method.input, request)),
      (bytes) => fromBinary(method.output, bytes),
    );
  return tried({
    call: (method, request) => client.unaryCall(address(method), request, {}, descriptor(method, "unary")),
    stream: (method, request, take) =>
      new Promise((resolve, reject) => {
        const frames = client.serverStreaming(address(method), request, {}, descriptor(method, "server_streaming"));
        frames.on("data", take);
        frames.on("error", reject);
        frames.on("end", resolve);
      }),
  });
}

/** The access token of somebody, for programs. */
export async function logIn(transport, { email, password }) {
  const { accessToken } = await createClient(AuthService, transport).logIn({ email, password });
  return accessToken.token;
}
