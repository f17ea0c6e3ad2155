import type { OutBuffer } from "../bytes/out-buffer.js";
import type { Fields } from "../call/fields.js";
import type { CallHead, Dispatch } from "../call/sink.js";
import type { Status } from "../call/status.js";
import type { HttpWire } from "./http.js";

/** What a prefix of a connection's first bytes says of a wire. */
export type Verdict = "mine" | "other" | "more";

/** What a peer may ask for at most. Every limit has a default, in wires/limits.ts. */
export interface Limits {
  /** Bytes of one message. */
  readonly maxMessageBytes: number;
  /** Bytes of the names and values of one call's header fields. */
  readonly maxHeaderBytes: number;
  /** Arrays and objects within each other. */
  readonly maxDepth: number;
  /** Calls open at once on one connection; more wait unread. */
  readonly maxConcurrentCalls: number;
  /** Milliseconds that a request of one message may take to arrive, from its first byte to its last. */
  readonly requestTimeoutMs: number;
}

/** What is to be known of a server that is called over HTTP. */
export interface HttpTarget {
  /** The host and port that people name, for the field `host`. */
  readonly authority: string;
  /** The path to ask for, with its query; empty where the user named none. */
  readonly path: string;
  /** Fields that go with every request: credentials, say. */
  readonly fields: Fields;
  /** Requests go over TLS. */
  readonly secure?: boolean | undefined;
}

/** The choices that XML-RPC leaves open. */
export interface XmlRpcOptions {
  /** Writes null as `<nil/>`, an extension that most know; true unless said otherwise. Without it null is an error. */
  readonly allowNil?: boolean | undefined;
  /** Writes integers beyond 32 bits as `<i8>`, an extension that most know; true unless said otherwise. Without it they are an error. */
  readonly allowI8?: boolean | undefined;
}

/** The choices that gRPC-Web leaves open. */
export interface GrpcWebOptions {
  /** Bodies go as base64, both ways, for what stands between and changes other bytes; false unless said otherwise. Servers answer both (client). */
  readonly text?: boolean | undefined;
}

/** How single messages are compressed, where a protocol does that itself; by name. */
export type MessageCodings = Readonly<Record<string, MessageCoding>>;

/** One way to compress messages. */
export interface MessageCoding {
  /** The message as it was; `oversized` where it has more than `most` bytes, `broken` where it is none. */
  decode(bytes: Uint8Array, most: number): Uint8Array | "oversized" | "broken";
  encode(bytes: Uint8Array): Uint8Array;
}

/** When a client asks a silent server for a sign of life. One object for all connections of a client. Milliseconds, `Infinity` for never. */
export interface ClientPings {
  /** After so long without a byte, while calls are open. */
  readonly silenceMs: number;
  /** The connection is lost where nothing comes for so long after that. */
  readonly answerMs: number;
  /** While none are open, too. */
  readonly withoutCalls: boolean;
  /** After so long without a byte, a connection is asked before a call is made on it. */
  readonly doubtMs: number;
  /** Milliseconds of a clock that goes on while the machine sleeps, so that a connection is doubted after that. */
  readonly wallNow?: (() => number) | undefined;
  /** The server says that this is too often: new connections ask half as often. */
  slower(): void;
}

/** How a server watches over its clients (gRPC proposals A8 and A9). Milliseconds, `Infinity` for never. */
export interface ServerKeepalive {
  /** A client that has been silent for so long is asked for a sign of life, */
  readonly timeMs: number;
  /** and is lost where nothing comes for so long after that. */
  readonly timeoutMs: number;
  /** Clients may ask so often themselves, */
  readonly minTimeMs: number;
  /** and not only while they have calls open. */
  readonly permitWithoutCalls: boolean;
  /** A connection without calls for so long is closed. */
  readonly maxIdleMs: number;
}

/** The choices that baidu_std leaves open. */
export interface BaiduOptions {
  /** Messages that this end sends have a checksum. A server's have one too where the request has one. */
  readonly checksum?: boolean | undefined;
  /** Goes with the first request of each connection (client). */
  readonly authentication?: string | undefined;
  /**
   * Says whether a connection may be used, by what came with its first request, which is empty where nothing came (server). If not, or if it throws, that
   * request is answered as `unauthenticated` and the connection is closed.
   */
  readonly authenticate?: ((data: Uint8Array, peer: CallHead["peer"]) => boolean) | undefined;
}

/** What a session is told when it is made. */
export interface SessionOptions {
  readonly limits: Limits;
  readonly peer: CallHead["peer"];
  /** How a wire with a choice writes its lengths (client). */
  readonly byteOrder?: "little" | "big" | undefined;
  /** How a wire with a choice tells its messages apart: by line breaks, or by `Content-Length` headers (client). */
  readonly framing?: "lines" | "headers" | undefined;
  /** Where requests go, on wires over HTTP (client). */
  readonly http?: HttpTarget | undefined;
  readonly xmlrpc?: XmlRpcOptions | undefined;
  readonly grpcweb?: GrpcWebOptions | undefined;
  readonly baidu?: BaiduOptions | undefined;
  /** Long requests are sent in gzip over HTTP; for servers that are known to read it (client). */
  readonly gzip?: boolean | undefined;
  /** Calls without side effects are made by GET, which caches can answer (Connect, client). */
  readonly useHttpGet?: boolean | undefined;
  /** How messages may be compressed. */
  readonly codings?: MessageCodings | undefined;
  /** How messages that are sent are compressed, by its name in `codings`, where the peer is known to read it or this end asks; undefined: not at all. */
  readonly sendCompression?: string | undefined;
  /** Messages of fewer bytes are not compressed; 1024 where nothing is said. */
  readonly compressMinBytes?: number | undefined;
  /** When the server is asked for a sign of life, where the transport can (client). */
  readonly pings?: ClientPings | undefined;
  /** The same, and what clients may do, where the transport can (server). */
  readonly keepalive?: ServerKeepalive | undefined;
  /** Makes a call again that the server has not looked at, on another connection where this one carries no more; later, never before this returns (client). */
  readonly again?: Dispatch | undefined;
  /** The origins, beside the server's own, whose pages may call over HTTP and open WebSockets: `https://app.example.com`, or `*` (server). */
  readonly allowedOrigins?: readonly string[] | undefined;
}

/** What a session can do to its connection; link/attach is the one implementation. */
export interface Outlet {
  /** So many more bytes are to leave from the session's `output` by the end of this turn; 0 asks for a look at whether the connection is done. */
  wrote(bytes: number): void;
  /** More is waiting to leave than a reader who keeps up leaves lying: stop writing streams until `drained`. */
  readonly full: boolean;
  /** Stop reading, and go on reading. The wire has no flow control of its own. */
  pause(): void;
  resume(): void;
  /**
   * The peer broke the protocol: what was written still leaves, then the connection is closed. `reason` goes to the log; `abuse` names what it
   * is counted as where that is worth a counter of its own.
   */
  fail(reason: string, abuse?: string): void;
  /** This end has said everything: what was written still leaves, then the connection ends in peace. */
  leave(): void;
  /** Ends the connection at once, and tells the peer by a reset where the transport can: this end gave up what it asked for. */
  cut(reason: string): void;
  /** Gives the connection to another session, after what this one has written; `rest` is what came for that one already, lent. */
  become(open: (outlet: Outlet) => Session, rest: Uint8Array): void;
}

/** One connection, in the terms of one protocol. Sans-I/O: bytes come in by `receive`, go out by `output`. Nothing throws. */
export interface Session {
  /** Bytes on their way out. What is added is announced to the outlet, which takes them at the end of the turn. */
  readonly output: OutBuffer;
  /** Bytes that came, lent until this returns. */
  receive(chunk: Uint8Array): void;
  /** Last chance before the turn's write: put what is still held elsewhere into `output`. */
  gather(): void;
  /** The peer has said everything. */
  finish(): void;
  /** The connection is gone: every open call ends. */
  lost(status: Status): void;
  /** The outlet is no longer full. */
  drained(): void;
  /** Take no new calls, and let the open ones end. `why` is told to the peer where the protocol has words for it. */
  retire(why?: string): void;
  /** So many milliseconds have passed: told at even intervals. A request that takes too long to arrive ends in an error. */
  tick?(elapsedMs: number): void;
  /** Calls that have not ended. */
  readonly open: number;
}

/** The calling end of a connection. */
export interface ClientSession extends Session {
  /** Makes a call on this connection. */
  readonly dispatch: Dispatch;
  /** Milliseconds without calls after which the server may close the connection at any moment; undefined: it will say so before. */
  readonly keepAliveMs?: number | undefined;
  /** How many more calls the server takes on this connection now; undefined: any number. */
  readonly room?: number;
  /** Nothing has come for so long that the connection may be dead without anybody having said so: `verify` first, and wait for a sign of life. */
  readonly doubtful?: boolean;
  /** Asks the server for a sign of life, if it has not been asked already. Without one, in time, the connection is lost. */
  verify?(): void;
  /** The server has said that it will close the connection: no more calls on this one. */
  readonly leaving?: boolean;
}

/** A protocol as servers speak it on a connection. */
export interface ServerWire {
  readonly name: string;
  /** Whether a connection that begins with these bytes speaks this protocol. Pure; asked again with a longer prefix after `more`. */
  detect(prefix: Uint8Array, limits: Limits): Verdict;
  server(outlet: Outlet, dispatch: Dispatch, options: SessionOptions): Session;
}

/** A protocol as clients speak it on a connection. */
export interface ClientWire {
  readonly name: string;
  /**
   * Which calls may share a connection: `all`, since each can be held up without the others; `unary`, and each stream has one of its own;
   * `none`, one call at a time.
   */
  readonly shares: "all" | "unary" | "none";
  /** Calls are one message each way; where not said, they may be streams. */
  readonly unaryOnly?: boolean;
  client(outlet: Outlet, options: SessionOptions): ClientSession;
}

/** A protocol on a connection of its own: what a stream of bytes, or of messages, means. */
export interface Wire extends ServerWire, ClientWire {}

/** How several calls of a protocol travel as one, whose answer holds what each came to. Pure. */
export interface Batching {
  /** The method that takes many calls. */
  readonly path: string;
  /** Its list of arguments, for calls of one message each. */
  join(calls: readonly (Pick<CallHead, "path" | "positional"> & { readonly body: unknown })[]): unknown;
  /** What each of `count` calls came to; undefined where the answer does not say. */
  split(answer: unknown, count: number): readonly { readonly status: Status; readonly body?: unknown }[] | undefined;
}

/** A protocol with all its ways to travel. */
export interface Protocol {
  readonly name: string;
  /** On a stream of bytes. */
  readonly stream?: Wire;
  /**
   * On a carrier that keeps the bounds of messages (WebSocket): `receive` is given one whole message at a time, and in `output` each message
   * follows its length, four bytes, little-endian.
   */
  readonly messages?: Wire;
  readonly http?: HttpWire;
  readonly batching?: Batching;
}
