import { type Call, type Code, implement, type Implementation, RpcError } from "callwire";
import { setTimeout as delay } from "node:timers/promises";
import {
  type BoolValue,
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

/** Whether each message of a call came compressed, as far as they have come; undefined: nobody knows. */
export type Came = (call: Call) => readonly boolean[] | undefined;

/**
 * The service that interop clients of other makes call, as
 * https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md describes it. What they expect of their own compression is checked
 * where `came` knows of it.
 */
export function testingService(came: Came = () => undefined): Implementation {
  return implement(TestService, {
    emptyCall: () => ({}),
    unaryCall: ({ expectCompressed, responseSize, responseStatus, fillServerId }, call) => {
      echoFields(call);
      checkCompression(expectCompressed, came(call)?.[0]);
      failAsAsked(responseStatus);
      return { payload: zeros(responseSize), serverId: fillServerId ? "callwire" : "" };
    },
    streamingOutputCall: ({ responseParameters }, call) => answers(responseParameters, call),
    async streamingInputCall(messages, call) {
      let aggregatedPayloadSize = 0;
      let count = 0;
      for await (const { expectCompressed, payload } of messages) {
        checkCompression(expectCompressed, came(call)?.[count]);
        count += 1;
        aggregatedPayloadSize += payload?.body.length ?? 0;
      }
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
}

function checkCompression(expected: BoolValue | undefined, came: boolean | undefined): void {
  if (expected !== undefined && came !== undefined && expected.value !== came)
    throw new RpcError("invalid_argument", `The message came ${came ? "" : "un"}compressed, and should not have.`);
}

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
