/** How much of something a peer may do: at once, and again with every second. */
export interface Budget {
  readonly burst: number;
  readonly perSecond: number;
}

/** What one connection of HTTP/2 allows its peer. Bytes, milliseconds, or numbers. */
export interface Http2Limits {
  /** What may be sent on a stream before this end has used it, and on all streams together. */
  readonly streamWindowBytes: number;
  readonly connectionWindowBytes: number;
  /** What both may grow to, on a connection whose bandwidth and delay ask for it. */
  readonly maxWindowBytes: number;
  /** CONTINUATION frames of one header block (CVE-2024-27316). */
  readonly maxContinuations: number;
  /** A client has so long for its first words, and to acknowledge the settings of this end (RFC 9113 §6.5.3). */
  readonly settingsTimeoutMs: number;
  /** A header block whose first frame has come has so long to be whole, since no other frame can come before. */
  readonly blockTimeoutMs: number;
  /** With more than this waiting for room in windows, a server takes no more requests on the connection. */
  readonly maxQueuedBytes: number;
  /** With more than this written and not yet taken by the outlet, a server reads no further. */
  readonly maxOutputBytes: number;
  /** Streams that this end has reset and whose frames it still expects. */
  readonly resetsKept: number;
  /** Streams that end before their answer: resets by the peer, and errors of the peer's that this end had to reset (rapid reset, CVE-2023-44487; MadeYouReset, CVE-2025-8671). */
  readonly resets: Budget;
  /** Frames that ask for an answer: PING and SETTINGS (CVE-2019-9512, CVE-2019-9515). Every DATA frame sent allows one more: peers measure bandwidth with PING. */
  readonly echoes: Budget;
  /**
   * Frames that carry nothing: empty DATA without an end, WINDOW_UPDATE of nothing much, PRIORITY, types not known (CVE-2019-9511, CVE-2019-9518).
   * Every DATA frame sent allows two more, and every call that was answered another.
   */
  readonly empties: Budget;
}

/** The limits that apply where nothing else is said. */
export const HTTP2_LIMITS: Http2Limits = {
  streamWindowBytes: 256 * 1024,
  connectionWindowBytes: 1024 * 1024,
  maxWindowBytes: 16 * 1024 * 1024,
  maxContinuations: 16,
  settingsTimeoutMs: 10_000,
  blockTimeoutMs: 10_000,
  maxQueuedBytes: 64 * 1024 * 1024,
  maxOutputBytes: 256 * 1024,
  resetsKept: 256,
  resets: { burst: 500, perSecond: 200 },
  echoes: { burst: 1000, perSecond: 200 },
  empties: { burst: 4000, perSecond: 2000 },
};
