import { type Call, type Code, implement, RpcError } from "callwire";
import { setTimeout as delay } from "node:timers/promises";
import {
  type EchoStatus,
  type ResponseParameters,
  type StreamingOutputCallRequest,
  TestService,
} from "./gen/testing_pb.js";

/** The codes of gRPC by their numbers, of which callers choose one. */
const CODES: readonly (Code | "ok")[] = [
  "ok",
  "canceled",
  "unknown",
  "invalid_argument",
  "deadline_exceeded",
  "not_found",
  "already_exists",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "aborted",
  "out_of_range",
  "unimplemented",
  "internal",
  "unavailable",
  "data_loss",
  "unauthenticated",
];

/** Header fields that servers have to send back, in the head and in the trailers. */
const ECHO = { initial: "x-grpc-test-echo-initial", trailing: "x-grpc-test-echo-trailing-bin" };

/** Messages as the methods of the service answer with them. */
interface Answer {
  readonly payload: { readonly body: Uint8Array };
}

/**
 * The service that interop clients of other makes call, as
 * https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md describes it. No method of its is called UnimplementedCall.
 */
export const testingService = implement(TestService, {
  emptyCall: () => ({}),
  unaryCall: ({ responseSize, responseStatus, fillServerId }, call) => {
    echoFields(call);
    failAsAsked(responseStatus);
    return { payload: zeros(responseSize), serverId: fillServerId ? "callwire" : "" };
  },
  streamingOutputCall: ({ responseParameters }, call) => answers(responseParameters, call),
  async streamingInputCall(messages) {
    let aggregatedPayloadSize = 0;
    for await (const { payload } of messages) aggregatedPayloadSize += payload?.body.length ?? 0;
    return { aggregatedPayloadSize };
  },
  async *fullDuplexCall(messages, call) {
    echoFields(call);
    for await (const message of messages) yield* answered(message, call);
  },
  async *halfDuplexCall(messages, call) {
    const all: StreamingOutputCallRequest[] = [];
    for await (const message of messages) all.push(message);
    for (const message of all) yield* answered(message, call);
  },
});

function answered(message: StreamingOutputCallRequest, call: Call): AsyncGenerator<Answer> {
  failAsAsked(message.responseStatus);
  return answers(message.responseParameters, call);
}

async function* answers(wanted: readonly ResponseParameters[], { signal }: Call): AsyncGenerator<Answer> {
  for (const { size, intervalUs } of wanted) {
    if (intervalUs > 0) await delay(intervalUs / 1000, undefined, { signal });
    yield { payload: zeros(size) };
  }
}

function zeros(size: number): { readonly body: Uint8Array } {
  return { body: new Uint8Array(size) };
}

function echoFields({ headers, responseHeaders, responseTrailers }: Call): void {
  const initial = headers.get(ECHO.initial);
  if (initial !== null) responseHeaders.set(ECHO.initial, initial);
  const trailing = headers.get(ECHO.trailing);
  if (trailing !== null) responseTrailers.set(ECHO.trailing, trailing);
}

function failAsAsked(status: EchoStatus | undefined): void {
  const code = CODES[status?.code ?? 0] ?? "unknown";
  if (code !== "ok") throw new RpcError(code, status?.message ?? "");
}
