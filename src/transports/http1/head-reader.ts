import type { InBuffer } from "../../bytes/in-buffer.js";
import type { Refusal } from "./head.js";
import { BARE_LF, findHeadEnd } from "./head-end.js";
import { KnownHeads } from "./known-heads.js";
import { latin1Text } from "./latin1.js";

/** How heads are read. */
export interface HeadReading<Head> {
  /** Reads a head; `method` is that of the request that an answer is to. */
  readonly parse: (text: string, method: string) => Head | Refusal;
  readonly maxHeaderBytes: number;
  /** One empty line may come before a head (RFC 9112 §2.2). */
  readonly emptyLine: boolean;
}

/** Takes heads out of what has come, one after the other; the same bytes are the same object, for the last few. */
export class HeadReader<Head extends object> {
  readonly #reading: HeadReading<Head>;
  readonly #known = new KnownHeads<Head>();
  /** Bytes of the next head that have been searched for its end. */
  #searched = 0;
  /** An empty line before the next head has been passed over. */
  #passedOver = false;

  constructor(reading: HeadReading<Head>) {
    this.#reading = reading;
  }

  /** The next head, taken out of the buffer, or why it cannot be read; undefined: it has not all come. */
  take(buffer: InBuffer, method = ""): Head | Refusal | undefined {
    if (this.#reading.emptyLine && !this.#passedOver) this.#passEmptyLine(buffer);
    if (buffer.held === 0) return undefined;
    // After a HEAD, the same head says another thing of the body.
    const head = (method === "HEAD" ? undefined : this.#known.take(buffer)) ?? this.#find(buffer, method);
    if (head === undefined) return undefined;
    this.#searched = 0;
    this.#passedOver = false;
    return head;
  }

  #passEmptyLine(buffer: InBuffer): void {
    if (buffer.held < 2) return;
    this.#passedOver = buffer.bytes[buffer.at] === CR && buffer.bytes[buffer.at + 1] === LF;
    if (!this.#passedOver) return;
    buffer.at += 2;
    this.#searched = 0;
  }

  /** Reads a head that is none of those known. */
  #find(buffer: InBuffer, method: string): Head | Refusal | undefined {
    const { bytes, at, until } = buffer;
    const end = findHeadEnd(buffer, this.#searched);
    if (end === BARE_LF) return BROKEN_LINES;
    const most = this.#reading.maxHeaderBytes;
    if ((end < 0 ? until : end) - at > most) {
      // What is too long within its first line is so by its target.
      const inTarget = !bytes.subarray(at, until).includes(CR);
      const reason = `A head may have ${most} bytes, and this one has more.`;
      return { refused: inTarget ? 414 : 431, reason, oversized: true };
    }
    if (end < 0) {
      this.#searched = until - at;
      return undefined;
    }
    const head = this.#reading.parse(latin1Text(bytes, at, end), method);
    buffer.at = end + 4;
    if (!("refused" in head) && method !== "HEAD") this.#known.keep(bytes.subarray(at, end + 4), head);
    return head;
  }
}

const BROKEN_LINES: Refusal = {
  refused: 400,
  reason: "A line of the head is empty, or ends without CR before the LF.",
};
const CR = 0x0d;
const LF = 0x0a;
