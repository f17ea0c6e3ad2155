import type { ByteRange, HttpAnswer, HttpIn, HttpOut, HttpRequest, HttpServe } from "../wires/http.js";

/** How requests are held. */
export interface Holding {
  /** Loads what answers them. */
  readonly load: () => Promise<HttpServe>;
  /** The limits that the one who answers has itself (`ownLimits`), as far as is known before. */
  readonly ownLimits?: HttpIn["ownLimits"];
  /** Told why it cannot be loaded. The requests are answered with 500. */
  readonly failed: (error: unknown) => void;
}

/** Answers requests by what is still to be loaded: the first begins that, and all that come meanwhile are held. */
export function heldUntilLoaded({ load, ownLimits, failed }: Holding): HttpServe {
  let loaded: HttpServe | undefined;
  let loading: Promise<void> | undefined;
  return (request, out) => {
    if (loaded !== undefined) return loaded(request, out);
    const held = new HeldRequest(request, out, ownLimits);
    loading ??= load().then((serve) => {
      loaded = serve;
    });
    loading.then(
      () => {
        if (loaded !== undefined) held.go(loaded);
      },
      (error: unknown) => {
        loading = undefined;
        failed(error);
        held.fail();
      },
    );
    return held;
  };
}

/** A request that came before what answers it: the first piece of its body is kept, and the rest is not read until then. */
class HeldRequest implements HttpIn {
  readonly #request: HttpRequest;
  readonly #out: HttpOut;
  readonly #expected: HttpIn["ownLimits"];
  #in: HttpIn | undefined = undefined;
  #piece: Uint8Array | undefined = undefined;
  #last = false;
  #trailers: HttpAnswer["fields"] | undefined = undefined;
  /** The exchange has ended before its time. */
  #over = false;

  constructor(request: HttpRequest, out: HttpOut, ownLimits: HttpIn["ownLimits"]) {
    this.#request = request;
    this.#out = out;
    this.#expected = ownLimits;
  }

  get ownLimits(): HttpIn["ownLimits"] {
    return this.#in === undefined ? this.#expected : this.#in.ownLimits;
  }

  /** What answers is there. */
  go(serve: HttpServe): void {
    if (this.#over) return;
    const heard = serve(this.#request, this.#out);
    this.#in = heard;
    if (this.#trailers !== undefined) heard.trailers?.(this.#trailers);
    const piece = this.#piece;
    this.#piece = this.#trailers = undefined;
    if (piece === undefined) return;
    const hasRoom = heard.data(piece, { start: 0, end: piece.length }, this.#last);
    if (hasRoom && !this.#last) this.#out.resume();
  }

  /** What answers will not be there. */
  fail(): void {
    if (this.#over) return;
    this.#over = true;
    this.#piece = this.#trailers = undefined;
    this.#out.respond(FAILED, "The server could not load what answers this; its log says why.\n");
  }

  answer(): void {}

  data(bytes: Uint8Array, range: ByteRange, last: boolean): boolean {
    if (this.#in !== undefined) return this.#in.data(bytes, range, last);
    if (this.#over) return true;
    // Not `slice`: that of a Buffer copies nothing.
    const piece = new Uint8Array(bytes.subarray(range.start, range.end));
    // The end may be told after the last piece.
    this.#piece = this.#piece === undefined ? piece : joined(this.#piece, piece);
    this.#last ||= last;
    return false;
  }

  trailers(fields: HttpAnswer["fields"]): void {
    if (this.#in !== undefined) this.#in.trailers?.(fields);
    else this.#trailers = fields;
  }

  room(): void {
    this.#in?.room();
  }

  reset(status: Parameters<HttpIn["reset"]>[0]): void {
    this.#over = true;
    this.#piece = this.#trailers = undefined;
    this.#in?.reset(status);
  }
}

const FAILED: HttpAnswer = { status: 500, fields: [["content-type", "text/plain; charset=utf-8"]] };

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
