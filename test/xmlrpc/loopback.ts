import { failure, type Status } from "../../src/call/status.js";
import type { Dispatch } from "../../src/call/sink.js";
import { encodeUtf8 } from "../../src/bytes/utf8.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import type { HttpAnswer, HttpAsk, HttpIn, HttpOut, HttpRequest, HttpServe } from "../../src/wires/http.js";
import type { SessionOptions } from "../../src/wires/wire.js";
import { xmlRpcClient } from "../../src/wires/xmlrpc/client.js";
import { xmlRpcServer } from "../../src/wires/xmlrpc/server.js";

/** How HTTP in memory behaves. */
export interface LoopbackOptions {
  /** Bodies come in pieces of so many bytes. */
  readonly chunkBytes?: number;
  /** The end of a body comes by itself, behind its last bytes. */
  readonly endApart?: boolean;
}

/** Both ends of HTTP within a process: what is asked is served in the same turn. */
export class HttpLoopback {
  readonly #serve: HttpServe;
  readonly #options: LoopbackOptions;
  readonly #open: Set<Exchange> = new Set();
  /** A transport makes one object for the requests with the same fields. */
  readonly #requests: Map<HttpRequest, HttpRequest> = new Map();

  constructor(serve: HttpServe, options: LoopbackOptions = {}) {
    this.#serve = serve;
    this.#options = options;
  }

  /** Exchanges that have not ended. */
  get open(): number {
    return this.#open.size;
  }

  readonly ask: HttpAsk = (request, heard, body = "") => {
    const asked = this.#requests.get(request) ?? {
      ...request,
      fields: [["host", "memory"], ["connection", "keep-alive"], ...request.fields],
    };
    this.#requests.set(request, asked);
    const exchange = new Exchange(heard, this.#options, () => this.#open.delete(exchange));
    this.#open.add(exchange);
    exchange.begin(this.#serve(asked, exchange.server), body);
    return exchange.client;
  };

  /** The connection is lost: both ends hear of it. */
  sever(): void {
    for (const exchange of this.#open) exchange.lose(failure("unavailable", "The connection was lost."));
  }
}

/** One request and its answer. */
class Exchange {
  readonly server: HttpOut;
  readonly client: HttpOut;
  readonly #heard: HttpIn;
  readonly #options: LoopbackOptions;
  readonly #over: () => void;
  #asked: HttpIn | undefined = undefined;
  #ended = false;

  constructor(heard: HttpIn, options: LoopbackOptions, over: () => void) {
    this.#heard = heard;
    this.#options = options;
    this.#over = over;
    this.server = {
      ...UNUSED,
      respond: (head, body) => this.#respond(head, body),
      reset: (status) => this.lose(status),
    };
    this.client = { ...UNUSED, reset: (status) => this.#gaveUp(status) };
  }

  begin(asked: HttpIn, body: string | Uint8Array): void {
    this.#asked = asked;
    tell(asked, body, this.#options);
  }

  lose(status: Status): void {
    if (this.#end()) {
      this.#asked?.reset(status);
      this.#heard.reset(status);
    }
  }

  #gaveUp(status: Status): void {
    if (this.#end()) this.#asked?.reset(status);
  }

  #respond({ status, fields }: HttpAnswer, body: string | Uint8Array): void {
    if (!this.#end()) return;
    this.#heard.answer({ status, fields: [["date", "now"], ["server", "memory"], ["content-length", "0"], ...fields] });
    tell(this.#heard, body, this.#options);
  }

  #end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#over();
    return true;
  }
}

const UNUSED: HttpOut = {
  respond: () => {},
  head: () => {},
  data: () => true,
  resume: () => {},
  reset: () => {},
  upgrade: () => false,
};

/** Tells a body in pieces, each lent in the middle of memory that is overwritten afterwards. */
export function tell(to: HttpIn, body: string | Uint8Array, options: LoopbackOptions = {}): void {
  const bytes = typeof body === "string" ? encodeUtf8(body) : body;
  const { chunkBytes = 65_536, endApart = false } = options;
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const piece = bytes.subarray(at, at + chunkBytes);
    const lent = new Uint8Array(piece.length + 5).fill(0xee);
    lent.set(piece, 2);
    to.data(lent, { start: 2, end: 2 + piece.length }, !endApart && at + chunkBytes >= bytes.length);
    lent.fill(0xee);
  }
  if (endApart || bytes.length === 0) to.data(new Uint8Array(0), { start: 0, end: 0 }, true);
}

/** Options of a session, as a link would give them. */
export function optionsOf(options: Partial<SessionOptions> = {}): SessionOptions {
  return { limits: DEFAULT_LIMITS, peer: { address: "memory://" }, ...options };
}

/** A Dispatch that goes through XML: the wire's client, HTTP in memory, and the wire's server before the given one. */
export function overXml(
  dispatch: Dispatch,
  options: LoopbackOptions & {
    readonly client?: Partial<SessionOptions>;
    readonly server?: Partial<SessionOptions>;
  } = {},
): { readonly dispatch: Dispatch; readonly http: HttpLoopback } {
  const http = new HttpLoopback(xmlRpcServer(dispatch, optionsOf(options.server)), options);
  return { http, dispatch: xmlRpcClient(http.ask, optionsOf(options.client)) };
}
