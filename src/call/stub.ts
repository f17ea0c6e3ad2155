import type { CallOptions, MethodInfo, Peer, Shape } from "../contract/call.js";
import type { Method } from "../contract/method.js";
import type { Service } from "../contract/service.js";
import type { Ambient } from "./ambient.js";
import type { Codec } from "./codec.js";
import { NO_FIELDS } from "./fields.js";
import { fold, type Interceptor } from "./handler.js";
import { OutgoingCall } from "./outgoing-call.js";
import { remote, type RemoteMethod, startCall } from "./remote.js";
import type { Dispatch } from "./sink.js";

/** What all functions of a client share. */
export interface ClientParts {
  /** Where its calls go. */
  readonly dispatch: Dispatch;
  readonly codec: Codec;
  readonly peer: Peer;
  /** Around every call, the first outermost. */
  readonly interceptors?: readonly Interceptor[] | undefined;
  /** The limit of calls that name none, in milliseconds. */
  readonly defaultTimeoutMs?: number | undefined;
  /** Whether calls that say nothing of it wait for a connection. */
  readonly waitForReady?: boolean | undefined;
  /** Finds the call that is being answered, for calls that name no `parent`. */
  readonly ambient?: Ambient | undefined;
  /** Names of the headers that pass from a parent call; trace context by default. */
  readonly forwardHeaders?: readonly string[] | undefined;
  /** Options of every call, where the call itself says nothing else. */
  readonly defaults?: CallOptions | undefined;
  /** Its calls may have attachments. */
  readonly attachable?: boolean | undefined;
  /** What disposing the client does. */
  readonly close: () => Promise<void>;
}

/** Trace context (https://www.w3.org/TR/trace-context/) goes on by default. */
const FORWARDED: readonly string[] = ["traceparent", "tracestate", "baggage"];

type Stub = (input: unknown, options?: CallOptions) => unknown;

/**
 * Makes a client of anything that is a Dispatch: of a contract, or, by their service's name alone, of plain functions.
 * Throws a TypeError for a contract whose messages the codec cannot write.
 */
export function clientOf(service: Service | string, parts: ClientParts): object {
  return typeof service === "string" ? functionsClient(service, parts) : contractClient(service, parts);
}

function contractClient(service: Service, parts: ClientParts): object {
  const client: Record<PropertyKey, unknown> = { [Symbol.asyncDispose]: parts.close };
  for (const [name, method] of Object.entries(service.methods))
    client[name] = stubOf(infoOf(service.name, method.proto?.name ?? name, method.shape), method, parts);
  return client;
}

/** Nothing is known of the functions but their types, so each is made when it is first asked for. */
function functionsClient(service: string, parts: ClientParts): object {
  const client: Record<PropertyKey, unknown> = { [Symbol.asyncDispose]: parts.close };
  return new Proxy(client, {
    get(target, name) {
      // A client that had a `then` would be taken for a promise; one that is shown or compared is not to be called.
      if (typeof name === "symbol" || name === "then" || name === "toJSON" || name in target) return target[name];
      const stub = stubOf(infoOf(service, name, "unary"), { shape: "unary", positional: true }, parts);
      return (target[name] = (...args: unknown[]) => stub(args));
    },
  });
}

function infoOf(service: string, name: string, shape: Shape): MethodInfo {
  return { service, name, path: service === "" ? name : `${service}/${name}`, shape };
}

/** The function of one method: everything that its calls share is made here, once. */
function stubOf(info: MethodInfo, declared: Method, parts: ClientParts): Stub {
  const { dispatch, codec, peer, defaults, interceptors = [] } = parts;
  const bound = codec.bind(declared);
  if (bound === undefined)
    throw new TypeError(
      `Method ${info.path} cannot be called with ${codec.name} messages: they need a protobuf contract.`,
    );
  const method: RemoteMethod = {
    info,
    codec: bound,
    head: {
      path: info.path,
      codec: codec.name,
      timeoutMs: undefined,
      fields: NO_FIELDS,
      peer,
      positional: declared.positional === true,
      shape: info.shape,
      safe: declared.noSideEffects === true,
      waitForReady: parts.waitForReady,
      attachable: parts.attachable,
      // Heads of calls with options are copies of this: one more member would cost each of them 2 µs.
      attachment: undefined,
      out: undefined,
      memo: undefined,
    },
    defaultTimeoutMs: parts.defaultTimeoutMs,
    ambient: parts.ambient,
    forwardHeaders: (parts.forwardHeaders ?? FORWARDED).map((name) => name.toLowerCase()),
  };
  const merged = (own: CallOptions | undefined): CallOptions | undefined =>
    defaults === undefined ? own : { ...defaults, ...own };
  if (interceptors.length === 0) return (input, own) => startCall(dispatch, method, { input, options: merged(own) });
  const handler = fold(interceptors, remote(dispatch, method));
  return (input, own) => handler(new OutgoingCall({ method: info, peer, input, options: merged(own) ?? {} }));
}
