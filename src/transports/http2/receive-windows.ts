import type { OutBuffer } from "../../bytes/out-buffer.js";
import { Bandwidth } from "./bandwidth.js";
import { FRAME, type Frame } from "./frame.js";
import type { Http2Limits } from "./http2-limits.js";
import { carries, PING_MARKS } from "./ping-marks.js";
import { INITIAL_SETTINGS } from "./settings.js";
import { writeFrameHead, writeNumbers } from "./write-frame.js";

const MARK = PING_MARKS.bandwidth;

/** What a stream knows of the window that its peer has. */
export interface ReceivingStream {
  readonly id: number;
  /** Bytes that the peer may still send. */
  receiveWindow: number;
  /** Bytes that have been used since the peer was last given room. */
  unacked: number;
  /** How large the window is when nothing is in it. */
  windowSize: number;
  /** The peer will send no more on it. */
  readonly remoteEnded: boolean;
  readonly over: boolean;
}

/** The windows of what comes (RFC 9113 §5.2): a peer gets room back when half of a window has been used. */
export class ReceiveWindows {
  readonly #output: OutBuffer;
  readonly #now: () => number;
  /** Bytes that may still come on all streams; how many at once; how many have been used since the peer was last given room. */
  #left: number;
  #size: number;
  #unacked = 0;
  readonly #bandwidth: Bandwidth;

  /** `now`: milliseconds from any beginning. */
  constructor(
    output: OutBuffer,
    limits: Pick<Http2Limits, "connectionWindowBytes" | "streamWindowBytes" | "maxWindowBytes">,
    now: () => number,
  ) {
    this.#output = output;
    this.#now = now;
    this.#left = this.#size = Math.max(limits.connectionWindowBytes, INITIAL_SETTINGS.initialWindowSize);
    this.#bandwidth = new Bandwidth(limits.streamWindowBytes, limits.maxWindowBytes);
  }

  /** Gives the peer the connection's window, which begins smaller than this end's. */
  greet(): void {
    const more = this.#size - INITIAL_SETTINGS.initialWindowSize;
    if (more > 0) this.#give(0, more);
  }

  /** The payload of a DATA frame came. False: it is more than the connection's window lets. */
  came(bytes: number): boolean {
    this.#left -= bytes;
    this.#bandwidth.came(bytes);
    return this.#left >= 0;
  }

  /** Bytes of a stream have been used. */
  used(stream: ReceivingStream, bytes: number): void {
    this.dropped(bytes);
    if (stream.remoteEnded || stream.over) return;
    stream.unacked += bytes;
    if (stream.unacked < stream.windowSize / 2) return;
    const { window } = this.#bandwidth;
    const more = stream.unacked + Math.max(0, window - stream.windowSize);
    stream.windowSize = Math.max(window, stream.windowSize);
    stream.receiveWindow += more;
    stream.unacked = 0;
    this.#give(stream.id, more);
    this.#measure();
  }

  /** Bytes came that nobody uses: the connection's window is theirs all the same (§5.2.2). */
  dropped(bytes: number): void {
    this.#unacked += bytes;
    if (this.#unacked < this.#size / 2) return;
    this.#left += this.#unacked;
    this.#give(0, this.#unacked);
    this.#unacked = 0;
    this.#measure();
  }

  /** An answer to a PING came. False: not to one of these. */
  answered(frame: Frame): boolean {
    if (!this.#bandwidth.measuring || !carries(frame, MARK)) return false;
    if (!this.#bandwidth.end(this.#now())) return true;
    const more = this.#bandwidth.window - this.#size;
    if (more > 0) {
      this.#size += more;
      this.#left += more;
      this.#give(0, more);
    }
    return true;
  }

  /** Begins to measure, where much is coming: small calls are not worth a PING. */
  #measure(): void {
    if (this.#bandwidth.measuring || this.#bandwidth.done) return;
    writeFrameHead(this.#output, MARK.length, { type: FRAME.ping, flags: 0, id: 0 });
    this.#output.push(MARK);
    this.#bandwidth.begin(this.#now());
  }

  #give(id: number, bytes: number): void {
    writeNumbers(this.#output, { type: FRAME.windowUpdate, flags: 0, id }, [bytes]);
  }
}
