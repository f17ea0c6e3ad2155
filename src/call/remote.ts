import type { Call, CallOptions, MethodInfo } from "../contract/call.js";
import type { Ambient } from "./ambient.js";
import { Cancellation } from "./cancellation.js";
import type { MethodCodec } from "./codec.js";
import { type Fields, fieldOf, toFields } from "./fields.js";
import type { Handler } from "./handler.js";
import { OutgoingCall } from "./outgoing-call.js";
import type { CallHead, Dispatch } from "./sink.js";
import { StreamExchange } from "./stream-exchange.js";
import { UnaryExchange } from "./unary-exchange.js";

/** Everything about a method at the client that can be worked out before its first call. */
export interface RemoteMethod {
  readonly info: MethodInfo;
  readonly codec: MethodCodec;
  /** What opens a call of this method that has no headers and no deadline. */
  readonly head: CallHead;
  /** The limit of calls that name none, in milliseconds. */
  readonly defaultTimeoutMs?: number | undefined;
  /** Finds the call that is being answered, for calls that name no `parent`. */
  readonly ambient?: Ambient | undefined;
  /** Names (lower-case) of the headers that pass from a parent call to this one. */
  readonly forwardHeaders?: readonly string[] | undefined;
}

/**
 * Joins the two heights on the calling side: a Dispatch becomes a handler for one method, the innermost behind a client's interceptors.
 * It answers with a promise, or (streams) an iterable.
 */
export function remote(dispatch: Dispatch, method: RemoteMethod): Handler {
  return (call) => {
    const options = call instanceof OutgoingCall ? call.callOptions() : optionsOf(call);
    return startCall(dispatch, method, { input: call.input, options });
  };
}

/** Starts a call. With no options, no deadline and no call around it, everything but the exchange itself has been made before. */
export function startCall(
  dispatch: Dispatch,
  method: RemoteMethod,
  request: { readonly input: unknown; readonly options: CallOptions | undefined },
): unknown {
  const { input, options } = request;
  const around = options?.parent ?? method.ambient?.current();
  const plain = options === undefined && around === undefined && method.defaultTimeoutMs === undefined;
  const head = plain ? method.head : openingOf(method, options ?? {}, around);
  const parent = around === undefined ? undefined : cancellationOf(around);
  const opening = { head, input, options: withParentSignal(options, around, parent), parent };
  const { shape } = method.info;
  return shape === "unary" || shape === "clientStream"
    ? UnaryExchange.start(dispatch, method, opening)
    : StreamExchange.start(dispatch, method, opening);
}

function openingOf(method: RemoteMethod, options: CallOptions, around: Call | undefined): CallHead {
  const own = toFields(options.headers);
  const passed = around === undefined ? [] : forwarded(around, method.forwardHeaders ?? [], own);
  const limits = [options.timeoutMs ?? method.defaultTimeoutMs, around?.timeoutMs()].filter(
    (limit) => limit !== undefined,
  );
  return {
    ...method.head,
    fields: passed.length === 0 ? own : [...own, ...passed],
    timeoutMs: limits.length === 0 ? undefined : Math.min(...limits),
    attachment: options.attachment,
    waitForReady: options.waitForReady ?? method.head.waitForReady,
    // What a wire worked out for calls without headers and deadlines is not this one's.
    memo: undefined,
  };
}

/** The chosen headers of the call around, where this call does not set them itself. */
function forwarded(around: Call, names: readonly string[], own: Fields): Fields {
  const fields: [string, string][] = [];
  if (names.length === 0) return fields;
  for (const name of names) {
    const value = around.headers.get(name);
    if (value !== null && fieldOf(own, name) === undefined) fields.push([name, value]);
  }
  return fields;
}

/** What ends a call of a server, by its member: a client that named the class would bring a server's code into pages. */
function cancellationOf(call: Call): Cancellation | undefined {
  const known = "cancellation" in call ? call.cancellation : undefined;
  return known instanceof Cancellation ? known : undefined;
}

/** A parent that is no call of a server (an interceptor's own object, a client's call) can still be listened to. */
function withParentSignal(
  options: CallOptions | undefined,
  around: Call | undefined,
  known: Cancellation | undefined,
): CallOptions | undefined {
  if (around === undefined || known !== undefined) return options;
  const signals = [around.signal, ...(options?.signal === undefined ? [] : [options.signal])];
  return { ...options, signal: AbortSignal.any(signals) };
}

/** A call that an interceptor made itself. */
function optionsOf(call: Call): CallOptions {
  return { headers: call.headers, signal: call.signal, timeoutMs: call.timeoutMs(), attachment: call.attachment };
}
