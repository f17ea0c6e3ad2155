import type { ByteRange, HttpAnswer, HttpIn, HttpOut } from "../wires/http.js";
import type { Outlet, Session } from "../wires/wire.js";
import { type Decoded, HttpBodyDecoder } from "./http-body-decoder.js";
import { decodedHead, encodingOf } from "./http-encodings.js";

type Status = Parameters<HttpIn["reset"]>[0];

/** One exchange at a client, as the wire sees it: the answer is decoded before it is heard. */
export class CodedAsking implements HttpOut {
  /** Hears the answer from the transport. */
  readonly heard: CodedHeard;
  #out: HttpOut | undefined = undefined;
  /** Why the exchange was given up before it was known how to say so. */
  #status: Status | undefined = undefined;

  constructor(wire: HttpIn, maxBytes: number) {
    this.heard = new CodedHeard(this, wire, maxBytes);
  }

  /** Learns what speaks for this end. */
  begin(out: HttpOut): HttpOut {
    this.#out = out;
    if (this.#status !== undefined) out.reset(this.#status);
    return this;
  }

  /** A server's word. */
  respond(): void {}

  /** A server's word. */
  head(): void {}

  data(body: string | Uint8Array, last: boolean): boolean {
    return this.#out?.data(body, last) ?? true;
  }

  resume(): void {
    if (!this.heard.resume()) this.wanting();
  }

  /** More of the answer can be taken as it comes. */
  wanting(): void {
    this.#out?.resume();
  }

  reset(status: Status): void {
    this.heard.close();
    this.giveUp(status);
  }

  upgrade(fields: HttpAnswer["fields"], open: (outlet: Outlet) => Session): boolean {
    return this.#out?.upgrade(fields, open) ?? false;
  }

  /** Ends the exchange before its time. */
  giveUp(status: Status): void {
    this.#status = status;
    this.#out?.reset(status);
  }
}

/** The answer of an exchange, as the transport sees its hearer. */
export class CodedHeard implements HttpIn, Decoded {
  readonly #asking: CodedAsking;
  readonly #wire: HttpIn;
  readonly #maxBytes: number;
  #decoder: HttpBodyDecoder | undefined = undefined;
  #over = false;

  constructor(asking: CodedAsking, wire: HttpIn, maxBytes: number) {
    this.#asking = asking;
    this.#wire = wire;
    this.#maxBytes = maxBytes;
  }

  answer(head: HttpAnswer): void {
    if (this.#over) return;
    const encoding = encodingOf(head.fields);
    if (encoding === "unknown") {
      this.#fail("internal", "The server answered in a content-encoding that was not asked for: gzip was.");
      return;
    }
    if (encoding !== undefined) this.#decoder = new HttpBodyDecoder(encoding, this, this.#maxBytes);
    this.#wire.answer(encoding === undefined ? head : plainHead(head));
  }

  data(bytes: Uint8Array, range: ByteRange, last: boolean): boolean {
    if (this.#over) return true;
    return this.#decoder === undefined ? this.#wire.data(bytes, range, last) : this.#decoder.data(bytes, range, last);
  }

  room(): void {
    if (!this.#over) this.#wire.room();
  }

  reset(status: Status): void {
    if (this.#over) return;
    this.close();
    this.#wire.reset(status);
  }

  decoded(bytes: Uint8Array): boolean {
    return this.#wire.data(bytes, { start: 0, end: bytes.length }, false);
  }

  ended(): void {
    this.#over = true;
    this.#wire.data(EMPTY, { start: 0, end: 0 }, true);
  }

  wanting(): void {
    this.#asking.wanting();
  }

  broken(why: "large" | "corrupt"): void {
    if (why === "corrupt") this.#fail("internal", "The answer is cut short, or not in its content-encoding.");
    else {
      const reason = `An answer may have ${this.#maxBytes} bytes when decoded, and this one has more.`;
      this.#fail("resource_exhausted", reason);
    }
  }

  /** Goes on with what is being decoded. False: nothing is. */
  resume(): boolean {
    this.#decoder?.resume();
    return this.#decoder !== undefined;
  }

  /** Nothing more is heard. */
  close(): void {
    this.#over = true;
    this.#decoder?.close();
  }

  #fail(code: "internal" | "resource_exhausted", message: string): void {
    const status: Status = { code, message, details: [], trailers: [] };
    this.close();
    this.#wire.reset(status);
    this.#asking.giveUp(status);
  }
}

const EMPTY = new Uint8Array(0);
const plainHeads: WeakMap<HttpAnswer, HttpAnswer> = new WeakMap();

/** A head without what it says of its body's coding; the same object for the same head. */
function plainHead(head: HttpAnswer): HttpAnswer {
  let plain = plainHeads.get(head);
  if (plain === undefined) plainHeads.set(head, (plain = decodedHead(head)));
  return plain;
}
