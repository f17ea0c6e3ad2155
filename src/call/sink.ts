import type { Peer, Shape } from "../contract/call.js";
import type { Fields } from "./fields.js";
import type { Status } from "./status.js";

/**
 * One message as a wire carries it: bytes for wires that carry bytes, a plain value for wires whose envelope holds the value.
 * Never undefined: that stands for "no message".
 */
export type Body = unknown;

/**
 * One direction of a call: what is said here is heard at the far end.
 * Order: `head` at most once, any number of `message`, then `end`. Everything is synchronous, and nothing throws.
 */
export interface Sink {
  /** Header fields, and bytes that go beside the message where the wire has such, before the first message. */
  head(fields: Fields, attachment?: Uint8Array): void;
  /** One message, lent until this returns. False: full, wait for `drain` on the opposite sink before the next. */
  message(body: Body): boolean;
  /**
   * `OK` ends this direction, after `last` where that is given. Anything else ends the call, both ways, even after an `OK`:
   * from the caller it is a cancellation, from the server an error answer.
   */
  end(status: Status, last?: Body): void;
  /** The opposite sink has room again. */
  drain(): void;
}

/**
 * Opens a call: events about the answer go to `reply`, events about the request to the sink returned.
 * The answer may be heard before this returns.
 */
export type Dispatch = (head: CallHead, reply: Sink) => Sink;

/** What opens a call. One object per distinct block of headers on a connection, shared by its calls; read-only but for `memo`, `out` and `shape`. */
export interface CallHead {
  /** The method asked for, as the wire had it: `hello`, `demo.Greeter.hello` or `demo.Greeter/hello`. */
  readonly path: string;
  /** What bodies are: `value` plain values, `json` and `proto` bytes. */
  readonly codec: "value" | "json" | "proto";
  /** How long the caller waits, in milliseconds; undefined: without limit. */
  readonly timeoutMs: number | undefined;
  readonly fields: Fields;
  readonly peer: Peer;
  /** The body is a list of positional arguments, whatever the method takes. */
  readonly positional: boolean;
  /** The body is an object of named arguments, for a method that takes several. */
  readonly named?: boolean | undefined;
  /** How many messages go each way, where the caller knows (a client always does); set by whoever answers, where nobody knew. */
  shape?: Shape | undefined;
  /** Of which kind its method has to be, since its messages travel in a form for no other: else the call is refused as `unfit` (server). */
  readonly form?: "unary" | "stream" | undefined;
  /** It has no side effects: a client knows so of the method; a server refuses, as `unfit`, methods that may have some. */
  readonly safe?: boolean | undefined;
  /** Bytes that go beside the message, on wires that have such. A head with them belongs to one call. */
  readonly attachment?: Uint8Array | undefined;
  /** The answer may have an attachment, too. */
  readonly attachable?: boolean | undefined;
  /** The call may wait for a connection instead of failing at once (client). */
  readonly waitForReady?: boolean | undefined;
  /** The server has refused this call once without looking at it, and this is its second time (client). */
  readonly again?: boolean | undefined;
  /** The name that the answer carries on wires which name answers; set by whoever answers. */
  out?: string | undefined;
  /** What somebody worked out about this head, kept for the next call with it; `owner` says whose it is. */
  memo?: { readonly owner: unknown; readonly value: unknown } | undefined;
}

/** A sink that hears nothing any more: what is left of a call that ended at once. */
export const DEAF: Sink = {
  head() {},
  message: () => true,
  end() {},
  drain() {},
};
