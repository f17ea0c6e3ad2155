import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { type CallHead, DEAF, type Sink } from "../../call/sink.js";
import { OK, type Status } from "../../call/status.js";
import type { ByteRange, HttpIn, HttpOut, HttpRequest, HttpServerWire } from "../http.js";
import type { SessionOptions } from "../wire.js";
import { htmlOf } from "./html.js";
import { pageOffer } from "./offer.js";
import { type Overview, overviewOf, textOf } from "./overview.js";

/** Everything that a browser may do with the page is to show it. */
const SAFE: Fields = [
  ["content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"],
  ["x-content-type-options", "nosniff"],
  ["cache-control", "no-store"],
  ["vary", "accept"],
];
const HTML = { status: 200, fields: [["content-type", "text/html; charset=utf-8"] as const, ...SAFE] };
const TEXT = { status: 200, fields: [["content-type", "text/plain; charset=utf-8"] as const, ...SAFE] };
const FAILED = { status: 500, fields: TEXT.fields };

/**
 * The page at `GET /`, for people: the services of a server, its wires, and lines to paste. HTML for those who accept it, else plain text.
 * What there is it learns from the server's own introspection, by a call.
 */
export function pageOf(wires: readonly string[]): HttpServerWire {
  return {
    ...pageOffer,
    server: (dispatch, options) => (request, out) => {
      const ask = (reply: Sink): Sink => dispatch(headOf(options), reply);
      return new PageReply(out, { request, wires, ask });
    },
  };
}

function headOf({ peer }: SessionOptions): CallHead {
  const path = "callwire.Introspection/services";
  return { path, codec: "value", timeoutMs: undefined, fields: NO_FIELDS, peer, positional: true, shape: "unary" };
}

/** What a page is made of. */
interface Asked {
  readonly request: HttpRequest;
  readonly wires: readonly string[];
  /** Opens the call that asks what there is. */
  readonly ask: (reply: Sink) => Sink;
}

/** Asks what there is when the request has ended, and answers with the page. */
class PageReply implements Sink, HttpIn {
  #call: Sink = DEAF;
  readonly #out: HttpOut;
  readonly #asked: Asked;
  #services: unknown = undefined;

  constructor(out: HttpOut, asked: Asked) {
    this.#out = out;
    this.#asked = asked;
  }

  head(): void {}

  message(body: unknown): boolean {
    this.#services = body;
    return true;
  }

  end(status: Status, last?: unknown): void {
    if (last !== undefined) this.#services = last;
    const { request, wires } = this.#asked;
    if (status.code !== "ok") {
      this.#out.respond(FAILED, `${status.message}\n`);
      return;
    }
    const page: Overview = overviewOf(this.#services, { authority: field(request, "host") ?? "localhost", wires });
    if (/\btext\/html\b/u.test(field(request, "accept") ?? "")) this.#out.respond(HTML, htmlOf(page));
    else this.#out.respond(TEXT, textOf(page));
  }

  drain(): void {}

  answer(): void {}

  /** The body of a GET means nothing (RFC 9110 §9.3.1). */
  data(_bytes: Uint8Array, _range: ByteRange, last: boolean): boolean {
    if (!last) return true;
    this.#call = this.#asked.ask(this);
    this.#call.end(OK, []);
    return true;
  }

  room(): void {}

  reset(status: Status): void {
    this.#call.end(status);
  }
}

function field({ fields }: HttpRequest, name: string): string | undefined {
  return fields.find(([each]) => each === name)?.[1];
}
