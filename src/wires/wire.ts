import type { OutBuffer } from "../bytes/out-buffer.js";
import type { CallHead, Dispatch } from "../call/sink.js";
import type { Status } from "../call/status.js";

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
}

/** What a session is told when it is made. */
export interface SessionOptions {
  readonly limits: Limits;
  readonly peer: CallHead["peer"];
  /** How a wire with a choice writes its lengths (client). */
  readonly byteOrder?: "little" | "big" | undefined;
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
  /** The peer broke the protocol: what was written still leaves, then the connection is closed. `reason` goes to the log. */
  fail(reason: string): void;
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
  /** Take no new calls, and let the open ones end. */
  retire(): void;
  /** Calls that have not ended. */
  readonly open: number;
}

/** The calling end of a connection. */
export interface ClientSession extends Session {
  /** Makes a call on this connection. */
  readonly dispatch: Dispatch;
}

/** A protocol. */
export interface Wire {
  readonly name: string;
  /** Each stream can be held up without holding up the other calls of its connection. */
  readonly flowControl: boolean;
  /** Whether a connection that begins with these bytes speaks this protocol. Pure; asked again with a longer prefix after `more`. */
  detect(prefix: Uint8Array, limits: Limits): Verdict;
  server(outlet: Outlet, dispatch: Dispatch, options: SessionOptions): Session;
  client(outlet: Outlet, options: SessionOptions): ClientSession;
}
