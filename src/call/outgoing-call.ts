import type { Call, CallOptions, MethodInfo, Peer } from "../contract/call.js";

/** A call on its way out, as the client's interceptors see it. */
export class OutgoingCall implements Call {
  readonly method: MethodInfo;
  readonly peer: Peer;
  readonly input: unknown;
  readonly deadline: number | undefined;
  /** What will be sent beside the input; settable until `next` is called. */
  attachment: Uint8Array | undefined;
  readonly #options: CallOptions;
  #headers: Headers | undefined;
  #responseHeaders: Headers | undefined;
  #responseTrailers: Headers | undefined;
  #signal: AbortSignal | undefined;

  constructor(parts: { method: MethodInfo; peer: Peer; input: unknown; options: CallOptions }) {
    this.method = parts.method;
    this.peer = parts.peer;
    this.input = parts.input;
    this.#options = parts.options;
    const { timeoutMs, attachment } = parts.options;
    this.attachment = attachment;
    this.deadline = timeoutMs === undefined ? undefined : Date.now() + timeoutMs;
  }

  /** What will be sent; settable until `next` is called. */
  get headers(): Headers {
    // Headers takes every form that HeaderInit lists; its own declaration wants them writable.
    return (this.#headers ??= new Headers(this.#options.headers as [string, string][] | undefined));
  }

  /** What the server sent before its answer; empty until then. */
  get responseHeaders(): Headers {
    return (this.#responseHeaders ??= new Headers());
  }

  /** What the server sent after its answer; empty until then. */
  get responseTrailers(): Headers {
    return (this.#responseTrailers ??= new Headers());
  }

  get signal(): AbortSignal {
    return (this.#signal ??= this.#options.signal ?? new AbortController().signal);
  }

  timeoutMs(): number | undefined {
    return this.deadline === undefined ? undefined : Math.max(0, this.deadline - Date.now());
  }

  /** The options that the call is to be made with, its headers as the interceptors left them. */
  callOptions(): CallOptions {
    return {
      ...this.#options,
      headers: this.#headers ?? this.#options.headers,
      timeoutMs: this.timeoutMs(),
      attachment: this.attachment,
      onHeader: (headers) => {
        this.#responseHeaders = headers;
        this.#options.onHeader?.(headers);
      },
      onTrailer: (trailers) => {
        this.#responseTrailers = trailers;
        this.#options.onTrailer?.(trailers);
      },
    };
  }
}
