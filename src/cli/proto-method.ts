import { messageJson } from "../codecs/message-json.js";
import { connect, type ConnectOptions, RpcError } from "../client.js";
import type { CallOptions } from "../contract/call.js";
import type { ServicesByName } from "../contract/descriptor-set.js";
import type { Messages } from "../contract/infer.js";
import { errorDetail } from "../services/error-detail.js";
import { type AnyMethod, orUsageError } from "./any-method.js";
import { UsageError } from "./usage-error.js";

/** The descriptor of a protobuf method. */
export type ProtoMethod = ServicesByName[string]["methods"][number];

/**
 * A method whose descriptor is known: inputs are the canonical JSON of its messages, and so is what `shown` makes of answers. An array for a method that takes
 * a stream is the messages of it. Calls throw a UsageError for what is none of its messages.
 */
export function protoMethod(
  method: ProtoMethod,
  { url, options }: { url: string; options: ConnectOptions },
): AnyMethod {
  const name = `${method.parent.typeName}/${method.name}`;
  const client = orUsageError(() => connect(method.parent, url, options));
  const call = client[method.localName];
  if (call === undefined) throw new Error(`The client lacks the method ${name}.`);
  const json = messageJson(method);
  const streamsIn = method.methodKind === "client_streaming" || method.methodKind === "bidi_streaming";
  const streamsOut = method.methodKind === "server_streaming" || method.methodKind === "bidi_streaming";
  const read = (value: unknown): Readonly<Record<string, unknown>> => {
    try {
      return json.read(value);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new UsageError(`The input is no ${method.input.typeName}: ${reason}.`);
    }
  };
  let last: { readonly input: unknown; readonly sent: Parameters<typeof call>[0] } | undefined;
  /** What is sent for an input. A load sends the same again and again, and it is read once. */
  const sent = (input: unknown): Parameters<typeof call>[0] => {
    if (last === undefined || last.input !== input) {
      const messages = Array.isArray(input) && streamsIn ? input : [input];
      last = { input, sent: streamsIn ? messages.map(read) : read(input) };
    }
    return last.sent;
  };
  const stream = (input: Parameters<typeof call>[0], own?: CallOptions): AsyncIterable<unknown> =>
    streamsOut ? call(input, own) : only(call(input, own));
  return {
    unaryOnly: false,
    separate: false,
    streamsIn,
    unary: async (input, own) => {
      if (!streamsOut) return await call(sent(input), own);
      throw new UsageError(`Method ${name} answers with a stream.`);
    },
    stream: (input, own) => stream(sent(input), own),
    bidi: (inputs, own) => {
      if (!streamsIn) throw new UsageError(`Method ${name} takes one message, and a stream was to be sent.`);
      return stream(eachRead(inputs, read), own);
    },
    shown: (answer) => {
      try {
        return json.write(answer);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new RpcError("internal", `The answer has no form in JSON: ${reason}.`);
      }
    },
    shownDetail: (detail) => errorDetail(method, detail),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

async function* eachRead<T>(
  inputs: Messages<unknown>,
  read: (input: unknown) => T,
): AsyncGenerator<T, void, undefined> {
  for await (const input of inputs) yield read(input);
}

async function* only(answer: Promise<unknown>): AsyncGenerator<unknown, void, undefined> {
  yield await answer;
}
