import { failure, type Status } from "../../call/status.js";
import type { ByteRange } from "../http.js";
import { sniff } from "./encoding.js";
import type { Expected, XmlRpcMessage } from "./message-builder.js";
import { refusal } from "./status.js";
import { TextDecoding } from "./text-decoding.js";
import { XmlDocument } from "./xml-document.js";

/** How a message is to be read. */
export interface Reading extends Expected {
  readonly maxMessageBytes: number;
  /** The encoding that came with the message; undefined: none did. */
  readonly charset?: string | undefined;
}

/** So much is decoded at once, so that a large message is never whole as text. */
const PIECE = 65_536;
const EMPTY = new Uint8Array(0);

/** Documents wait here for the next message: to make their parsers costs as much as to read a small one. */
const spares: XmlDocument[] = [];
const SPARES_KEPT = 16;

/**
 * Reads one message from bytes that come in pieces: `push` each, then `end`. Bytes are lent until `push` returns. Nothing throws; what
 * is wrong is told by `end`, and by then nothing more is read or held.
 */
export class XmlRpcReader {
  readonly #reading: Reading;
  #document: XmlDocument | undefined;
  #decoding: TextDecoding | undefined = undefined;
  #problem: Status | undefined = undefined;
  /** First bytes, while they do not tell the encoding. */
  #held: Uint8Array = EMPTY;
  #bytes = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#document = spares.pop() ?? new XmlDocument();
    this.#document.begin(reading);
  }

  /** Whether the message has been refused: what is still to come of it does not matter. */
  get refused(): boolean {
    return this.#problem !== undefined;
  }

  /** Takes more of the message; `last`: this is all of it. */
  push(bytes: Uint8Array, range: ByteRange, last: boolean = false): void {
    if (this.#problem !== undefined) return;
    this.#bytes += range.end - range.start;
    const { maxMessageBytes } = this.#reading;
    if (this.#bytes > maxMessageBytes) {
      this.#refuse(
        failure("resource_exhausted", `A message may have ${maxMessageBytes} bytes, and this one has more.`),
      );
    } else if (this.#decoding !== undefined) this.#decode(bytes, range, last);
    else if (this.#held.length === 0) this.#start(bytes, range, last);
    else {
      const held = new Uint8Array(this.#held.length + range.end - range.start);
      held.set(this.#held);
      held.set(bytes.subarray(range.start, range.end), this.#held.length);
      this.#start(held, { start: 0, end: held.length }, last);
    }
  }

  /** What the message said, or why it is refused. The reader is used up. */
  end(): XmlRpcMessage | Status {
    // Where `last` was said already, this adds nothing.
    this.push(EMPTY, { start: 0, end: 0 }, true);
    const document = this.#document;
    if (document === undefined || !document.close())
      return this.#problem ?? document?.problem ?? refusal(-32_700, "The message has been read already.");
    const { message } = document;
    this.#document = undefined;
    document.forget();
    if (spares.length < SPARES_KEPT) spares.push(document);
    return message ?? refusal(-32_700, "The message is empty.");
  }

  /** Finds the encoding; what is held until then is a declaration's length at most. */
  #start(bytes: Uint8Array, { start, end }: ByteRange, last: boolean): void {
    const sniffed = sniff(bytes, { start, end }, { charset: this.#reading.charset, all: last });
    if (sniffed === undefined) {
      this.#held = new Uint8Array(bytes.subarray(start, end));
      return;
    }
    this.#held = EMPTY;
    const { encoding, name, skip } = sniffed;
    if (encoding === undefined) {
      const known = "UTF-8, UTF-16, ISO-8859-1 and US-ASCII are read";
      this.#refuse(
        refusal(-32_701, `Encoding "${name.slice(0, 60)}" is not known, or not what the bytes are in: ${known}.`),
      );
      return;
    }
    this.#decoding = new TextDecoding(encoding);
    this.#decode(bytes, { start: start + skip, end }, last);
  }

  #decode(bytes: Uint8Array, { start, end }: ByteRange, last: boolean): void {
    let from = start;
    do {
      const to = Math.min(from + PIECE, end);
      const text = this.#decoding?.decode(bytes, { start: from, end: to }, last && to === end);
      if (text === undefined) {
        this.#refuse(refusal(-32_702, "The message has bytes that are no characters of its encoding."));
        return;
      }
      if (this.#document?.write(text) !== true) {
        this.#refuse(this.#document?.problem ?? refusal(-32_700, "The message has ended already."));
        return;
      }
      from = to;
    } while (from < end);
  }

  #refuse(problem: Status): void {
    this.#problem ??= problem;
    this.#document = undefined;
    this.#decoding = undefined;
  }
}
