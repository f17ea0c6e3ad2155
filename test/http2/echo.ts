import type { ByteRange, HttpAnswer, HttpIn, HttpOut, HttpRequest, HttpServe } from "../../src/wires/http.js";
import type { Status } from "../../src/call/status.js";

const OK: HttpAnswer = { status: 200, fields: [["content-type", "application/octet-stream"]] };

const PIECE = new Uint8Array(16_384);

/** Says back what it hears: whole at `/echo`, with trailers at `/trailers`, as it comes at `/stream`; `/bytes?N` sends so many; `/hang` never answers; `/slow` reads when told; `/early` answers before the request has all come. */
export class Echo {
  /** What happened, in order. */
  readonly seen: string[] = [];
  /** Exchanges at `/slow` and `/hang`, to be steered by a test. */
  readonly held: HttpOut[] = [];
  sent = 0;

  readonly serve: HttpServe = (request, out) => new EchoReply(this, request, out);
}

class EchoReply implements HttpIn {
  readonly #echo: Echo;
  readonly #request: HttpRequest;
  readonly #out: HttpOut;
  readonly #parts: Buffer[] = [];

  constructor(echo: Echo, request: HttpRequest, out: HttpOut) {
    this.#echo = echo;
    this.#request = request;
    this.#out = out;
    const { path, query } = request;
    if (path === "/stream" || path === "/bytes") out.head(OK);
    if (path === "/bytes") this.#pour(Number(query));
    if (path === "/early") out.respond(OK, "enough");
    if (path === "/slow" || path === "/hang") echo.held.push(out);
  }

  answer(): void {}

  data(bytes: Uint8Array, { start, end }: ByteRange, last: boolean): boolean {
    const { path } = this.#request;
    const part = Buffer.from(bytes.slice(start, end));
    if (path === "/stream") return this.#out.data(part, last) || last;
    this.#parts.push(part);
    if (last && path === "/echo") this.#out.respond(OK, Buffer.concat(this.#parts));
    if (last && path === "/trailers") this.#out.respond(OK, Buffer.concat(this.#parts), [["x-end", "yes"]]);
    if (path !== "/slow") return true;
    this.#echo.seen.push(`slow heard ${end - start}`);
    if (last) this.#out.respond(OK, String(Buffer.concat(this.#parts).length));
    return last;
  }

  room(): void {
    if (this.#request.path === "/bytes") this.#pour(this.#left);
    else if (this.#request.path === "/stream") this.#out.resume();
  }

  trailers(fields: HttpAnswer["fields"]): void {
    this.#echo.seen.push(`trailers ${fields.map((field) => field.join("=")).join(",")}`);
  }

  reset(status: Status): void {
    this.#echo.seen.push(`${this.#request.path} reset ${status.code}`);
  }

  #left = 0;

  #pour(count: number): void {
    this.#left = count;
    while (this.#left > 0) {
      const size = Math.min(this.#left, PIECE.length);
      this.#left -= size;
      this.#echo.sent += size;
      if (!this.#out.data(PIECE.subarray(0, size), this.#left === 0)) return;
    }
  }
}
