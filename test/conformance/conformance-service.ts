import { create, type Message, toBinary } from "@bufbuild/protobuf";
import { type Call, type Implementation, implement, RpcError } from "callwire";
import { setTimeout as sleep } from "node:timers/promises";
import { CODES } from "../../src/call/code.js";
import type { Implementor } from "../../src/contract/infer.js";
import { serviceOf } from "../../src/contract/proto-service.js";
import type { Service } from "../../src/contract/service.js";
import type { Suite } from "./messages.js";
import { addHeaders, headersOf } from "./metadata.js";
import type { StreamDefinition, UnaryDefinition, WireError } from "./shapes.js";

/** A request of a call that is answered once. */
interface UnaryInput {
  readonly responseDefinition?: UnaryDefinition;
}

/** A request of a call that is answered often. */
interface StreamInput {
  readonly responseDefinition?: StreamDefinition;
  readonly fullDuplex?: boolean;
}

/**
 * The suite's service, ConformanceService, whose callers say in the request how to answer it (connectrpc/conformance/v1/service.proto). Its method
 * Unimplemented has no function.
 */
export function conformanceService(suite: Suite): Implementation {
  const { name, methods } = serviceOf(suite.service);
  const { unimplemented: _absent, ...answered } = methods;
  const info = infoWriter(suite);

  async function unary(input: UnaryInput, call: Call): Promise<object> {
    return { payload: await answerOnce([input], input.responseDefinition, call) };
  }

  async function clientStream(input: AsyncIterable<UnaryInput>, call: Call): Promise<object> {
    const requests: UnaryInput[] = [];
    for await (const request of input) requests.push(request);
    return { payload: await answerOnce(requests, requests[0]?.responseDefinition, call) };
  }

  async function answerOnce(
    requests: readonly object[],
    definition: UnaryDefinition | undefined,
    call: Call,
  ): Promise<object> {
    const requestInfo = info.all(requests, call);
    if (definition === undefined) return { requestInfo };
    const { response, responseHeaders, responseTrailers, responseDelayMs } = definition;
    addHeaders(call.responseHeaders, responseHeaders);
    addHeaders(call.responseTrailers, responseTrailers);
    await pause(responseDelayMs, call);
    if (response.case === "error") throw errorOf(response.value, info.detail(requestInfo));
    return response.case === undefined ? { requestInfo } : { data: response.value, requestInfo };
  }

  async function* serverStream(input: StreamInput, call: Call): AsyncGenerator<object> {
    const definition = input.responseDefinition;
    if (definition !== undefined) yield* answers([input], { definition, sent: 0 }, call);
  }

  async function* bidiStream(input: AsyncIterable<StreamInput>, call: Call): AsyncGenerator<object> {
    let requests: StreamInput[] = [];
    let definition: StreamDefinition | undefined;
    let fullDuplex = false;
    let sent = 0;
    let first = true;
    for await (const request of input) {
      requests.push(request);
      if (first) {
        first = false;
        definition = request.responseDefinition;
        fullDuplex = request.fullDuplex === true;
      }
      if (!fullDuplex) continue;
      const data = definition?.responseData[sent];
      if (definition === undefined || data === undefined) break;
      if (sent === 0) begin(definition, call);
      const requestInfo = sent === 0 ? info.all(requests, call) : info.requests(requests);
      await pause(definition.responseDelayMs, call);
      yield { payload: { data, requestInfo } };
      sent += 1;
      requests = [];
    }
    if (definition !== undefined) yield* answers(requests, { definition, sent }, call);
  }

  /** What is left of the answers, and the error after them. */
  async function* answers(
    requests: readonly object[],
    { definition, sent }: { readonly definition: StreamDefinition; readonly sent: number },
    call: Call,
  ): AsyncGenerator<object> {
    const { responseData, responseDelayMs, error } = definition;
    const requestInfo = sent === 0 ? info.all(requests, call) : undefined;
    if (sent === 0) begin(definition, call);
    for (const [index, data] of responseData.slice(sent).entries()) {
      await pause(responseDelayMs, call);
      yield { payload: index === 0 && requestInfo !== undefined ? { data, requestInfo } : { data } };
    }
    if (error === undefined) return;
    throw errorOf(error, requestInfo !== undefined && responseData.length === 0 ? info.detail(requestInfo) : undefined);
  }

  const methodsOfSuite = { unary, idempotentUnary: unary, clientStream, serverStream, bidiStream };
  const service: Service = { name, methods: answered };
  // Of messages that are known only as the program runs, the types say nothing; shapes.ts does.
  return implement(service, methodsOfSuite as unknown as Implementor<Service>);
}

/** The fields of a RequestInfo. */
type Info = Readonly<Record<string, unknown>>;

/** What the answers tell of the request: its fields, its time, its messages. */
interface InfoWriter {
  all(requests: readonly object[], call: Call): Info;
  requests(requests: readonly object[]): Info;
  detail(info: Info): { readonly type: string; readonly value: Uint8Array };
}

function infoWriter(suite: Suite): InfoWriter {
  const desc = suite.message("ConformancePayload.RequestInfo");
  const packed = (message: object): object => {
    // Every message says its type.
    const { $typeName } = message as Message;
    const type = suite.registry.getMessage($typeName);
    if (type === undefined) throw new Error(`The suite lacks ${$typeName}.`);
    return { typeUrl: `type.googleapis.com/${$typeName}`, value: toBinary(type, message as Message) };
  };
  return {
    all(requests, call) {
      const ms = call.timeoutMs();
      return {
        requestHeaders: headersOf(call.headers),
        requests: requests.map(packed),
        ...(ms === undefined ? {} : { timeoutMs: BigInt(Math.floor(ms)) }),
      };
    },
    requests: (requests) => ({ requests: requests.map(packed) }),
    detail: (info) => ({ type: desc.typeName, value: toBinary(desc, create(desc, info)) }),
  };
}

function begin({ responseHeaders, responseTrailers }: StreamDefinition, call: Call): void {
  addHeaders(call.responseHeaders, responseHeaders);
  addHeaders(call.responseTrailers, responseTrailers);
}

/** Waits, unless the call ends first. */
async function pause(ms: number, call: Call): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal: call.signal });
}

function errorOf({ code, message, details }: WireError, more: object | undefined): RpcError {
  const name = CODES[code];
  const all = details.map(({ typeUrl, value }) => ({ type: typeUrl.slice(typeUrl.lastIndexOf("/") + 1), value }));
  return new RpcError(name === undefined || name === "ok" ? "unknown" : name, message ?? "", {
    details: more === undefined ? all : [...all, more],
  });
}
