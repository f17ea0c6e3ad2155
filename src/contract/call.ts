/** How many messages go each way: one and one, one and many, many and one, many and many. */
export type Shape = "unary" | "serverStream" | "clientStream" | "bidi";

/** Which method a call is for. One object per method, the same for all of its calls. */
export interface MethodInfo {
  /** The service's full name, `demo.Greeter`. */
  readonly service: string;
  /** The method's own name, `hello`. */
  readonly name: string;
  /** Both, as wires write them: `demo.Greeter/hello`. */
  readonly path: string;
  readonly shape: Shape;
}

/** The far end of a connection. */
export interface Peer {
  /** Where it is, as a URL: `tcp://127.0.0.1:50312`, `unix:///run/app.sock`, `memory://`. */
  readonly address: string;
  /** What it has shown of itself over TLS, vouched for by the server's `ca`; undefined where it has shown nothing. */
  readonly certificate?: PeerCertificate | undefined;
}

/** A client's certificate. */
export interface PeerCertificate {
  /** The parts of its name: `CN`, `O` and others; a list where one stands more than once. */
  readonly subject: Readonly<Record<string, string | readonly string[]>>;
  /** The names it is for: `DNS:app.example.com, IP Address:10.0.0.1`. */
  readonly names: string;
  /** SHA-256 of the certificate, as `AB:CD:…`. */
  readonly fingerprint256: string;
  /** Until when it holds, as the certificate says it. */
  readonly validTo: string;
}

/**
 * One call, as a method or an interceptor sees it; the same type at both ends.
 * Everything but `method`, `input` and `peer` is made when first read, so an untouched property costs nothing.
 */
export interface Call<Input = unknown> {
  readonly method: MethodInfo;
  /** The one message that came in, or an AsyncIterable of them for `clientStream` and `bidi`. */
  readonly input: Input;
  /** What the caller sent along; names are not case-sensitive. */
  readonly headers: Headers;
  /** Sent before the first message of the answer; settable until then. */
  readonly responseHeaders: Headers;
  /** Sent with the end of the call; settable until then. */
  readonly responseTrailers: Headers;
  /** Aborts when the caller cancels, the deadline passes or the connection is lost. Its reason is an RpcError. */
  readonly signal: AbortSignal;
  /** When the call must be over, in milliseconds as Date.now() counts them; undefined where the caller set no limit. */
  readonly deadline: number | undefined;
  readonly peer: Peer;
  /**
   * Bytes beside the message, on wires that have such (baidu): reads what the caller sent; what is set goes with the answer, settable until its first message.
   * Elsewhere nothing is read, and setting it throws an `unimplemented`. At the client it is what will be sent.
   */
  attachment?: Uint8Array | undefined;
  /** Milliseconds left until the deadline, never below 0; undefined where there is none. */
  timeoutMs(): number | undefined;
}

/** What a caller may say about one call. */
export interface CallOptions {
  /** The call ends as `deadline_exceeded` after so many milliseconds; sent to the server too. */
  readonly timeoutMs?: number | undefined;
  /** Aborting it cancels the call, at the server too. */
  readonly signal?: AbortSignal | undefined;
  readonly headers?: HeaderInit | undefined;
  /** The call that this one is made for: its deadline, its cancellation and its chosen headers are passed on. */
  readonly parent?: Call | undefined;
  /** Waits for a connection until the deadline, where a call would otherwise fail at once as `unavailable`. */
  readonly waitForReady?: boolean | undefined;
  /** Bytes that go beside the message, on wires that have such (baidu); elsewhere the call fails as `unimplemented`. */
  readonly attachment?: Uint8Array | undefined;
  /** Hears the bytes that came beside the answer's message, before it. */
  readonly onAttachment?: ((attachment: Uint8Array) => void) | undefined;
  /** Hears the answer's headers, before its first message. */
  readonly onHeader?: ((headers: Headers) => void) | undefined;
  /** Hears the answer's trailers, at its end. */
  readonly onTrailer?: ((trailers: Headers) => void) | undefined;
}

/** Anything that the platform's `Headers` can be made of. */
export type HeaderInit = Headers | Readonly<Record<string, string>> | readonly (readonly [string, string])[];
