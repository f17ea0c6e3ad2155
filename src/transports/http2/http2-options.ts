import type { Limits } from "../../wires/wire.js";
import type { Abuse } from "./abuse.js";
import type { Http2Limits } from "./http2-limits.js";
import type { Keepalive } from "./keepalive.js";
import type { PingStrikes } from "./ping-strikes.js";

/** What a session of HTTP/2 is told when it is made, at either end. */
export interface Http2Options {
  readonly limits: Limits;
  /** Limits of HTTP/2's own that are to be others. */
  readonly http2?: Partial<Http2Limits> | undefined;
  /** Milliseconds from any beginning: a clock that is fine enough to measure delays, `performance.now` say. Without it windows grow by what is in flight alone. */
  readonly now?: (() => number) | undefined;
}

/** What this end watches its peer with. */
export interface Watching {
  /** What the peer has to begin with. */
  readonly preface: Uint8Array;
  /** Asks a silent peer for a sign of life. */
  readonly keepalive?: Keepalive | undefined;
  /** Judges the PINGs of the peer. */
  readonly strikes?: PingStrikes | undefined;
}

/** What a GOAWAY says beside its code (RFC 9113 §6.8), and what it is counted as. */
export interface Farewell {
  readonly debug?: string | undefined;
  readonly abuse?: Abuse | undefined;
}
