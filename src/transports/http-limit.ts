import type { ByteRange, HttpAnswer, HttpIn, HttpOut, HttpServe } from "../wires/http.js";

const TOO_LARGE: HttpAnswer = { status: 413, fields: [["content-type", "text/plain; charset=utf-8"]] };

/**
 * Puts a limit on the bodies of requests where the transport has none, since over HTTP/2 it cannot tell a stream from one message. What is longer is
 * answered with 413, and its wire hears that the exchange has ended.
 */
export function limitedServer(serve: HttpServe, options: { readonly maxMessageBytes: number }): HttpServe {
  const { maxMessageBytes } = options;
  return (request, out) => {
    const body = new LimitedBody(out, maxMessageBytes);
    body.in = serve(request, out);
    return body;
  };
}

/** Hears a request's body, and counts it. */
class LimitedBody implements HttpIn {
  /** Who hears it further on. */
  in: HttpIn | undefined = undefined;
  readonly #out: HttpOut;
  readonly #most: number;
  #heard = 0;

  constructor(out: HttpOut, most: number) {
    this.#out = out;
    this.#most = most;
  }

  answer(): void {}

  data(bytes: Uint8Array, range: ByteRange, last: boolean): boolean {
    this.#heard += range.end - range.start;
    if (this.#heard <= this.#most) return this.in?.data(bytes, range, last) ?? true;
    if (this.in !== undefined) {
      const message = `A body may have ${this.#most} bytes, and this one has more.`;
      this.in.reset({ code: "resource_exhausted", message, details: [], trailers: [] });
      this.in = undefined;
      this.#out.respond(TOO_LARGE, `${message}\n`);
    }
    return true;
  }

  trailers(fields: HttpAnswer["fields"]): void {
    this.in?.trailers?.(fields);
  }

  room(): void {
    this.in?.room();
  }

  reset(status: Parameters<HttpIn["reset"]>[0]): void {
    this.in?.reset(status);
  }
}
