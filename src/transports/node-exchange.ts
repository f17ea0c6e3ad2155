import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { HttpAnswer, HttpIn, HttpOut, HttpRequest, HttpServe } from "../wires/http.js";
import { http1Writer, http2Writer, type NodeWriter } from "./node-writer.js";

type Status = Parameters<HttpIn["reset"]>[0];
type Fields = HttpAnswer["fields"];

/** A request of node:http or node:http2, or of what is made of it (Express, Fastify's `raw`). */
export type NodeRequest = IncomingMessage | Http2ServerRequest;
/** Its answer. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** Answers a request of node's own HTTP by what answers requests of any carrier. A body that somebody has read before, and left in `body`, is taken from there. */
export function answerNode(serve: HttpServe, asked: HttpRequest, pair: readonly [NodeRequest, NodeResponse]): void {
  const exchange = new NodeExchange(...pair);
  exchange.begin(serve(asked, exchange));
}

/** A request's head, as wires have it; the path is what is left of it where somebody has cut it. */
export function nodeRequest({ method = "GET", url = "/", rawHeaders }: NodeRequest): HttpRequest {
  const fields: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? "";
    const value = rawHeaders[at + 1] ?? "";
    if (name === ":authority") fields.push(["host", value]);
    else if (!name.startsWith(":")) fields.push([name, value]);
  }
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  return { method, path, query: mark < 0 ? "" : url.slice(mark + 1), fields, memo: undefined };
}

/** One request and its answer. */
class NodeExchange implements HttpOut {
  readonly #request: NodeRequest;
  readonly #writer: NodeWriter;
  /** The caller left before anybody listened. */
  readonly #isGone: () => boolean;
  #in: HttpIn | undefined = undefined;
  #begun = false;
  /** The answer has been said, or nobody hears it. */
  #over = false;
  #held = false;
  /** The request has all come. */
  #whole = false;

  constructor(request: NodeRequest, response: NodeResponse) {
    this.#request = request;
    this.#writer = "stream" in response ? http2Writer(response) : http1Writer(response);
    const answer = "stream" in response ? response.stream : response;
    this.#isGone = () => answer.destroyed;
    answer.on("drain", () => this.#room());
    answer.on("close", () => this.#lost("The caller has left."));
    answer.on("error", () => this.#lost("The caller has left."));
  }

  /** Learns who hears the request, and tells it. */
  begin(heard: HttpIn): void {
    this.#in = heard;
    const request = this.#request;
    if (this.#isGone()) this.#lost("The caller has left.");
    else if (request.readableEnded) {
      this.#whole = true;
      const bytes = readBefore(request);
      heard.data(bytes, { start: 0, end: bytes.length }, true);
    } else this.#listen(heard);
  }

  #listen(heard: HttpIn): void {
    const request = this.#request;
    request.on("data", (chunk: Uint8Array) => {
      if (!this.#over && !heard.data(chunk, { start: 0, end: chunk.length }, false) && !this.#isOver()) request.pause();
    });
    request.on("end", () => {
      this.#whole = true;
      if (!this.#over) heard.data(EMPTY, NOWHERE, true);
    });
    request.on("error", () => this.#lost("The request broke off."));
  }

  respond(head: HttpAnswer, body: string | Uint8Array, trailers?: Fields): void {
    if (this.#begun || this.#over) return;
    this.#begun = true;
    const bytes = Buffer.from(body as string); // Buffer.from has the same overload for both
    this.#writer.begin(head, { length: bytes.length, trailers });
    if (bytes.length > 0) this.#writer.write(bytes);
    this.#end(trailers);
  }

  head(head: HttpAnswer): void {
    if (this.#begun || this.#over) return;
    this.#begun = true;
    this.#writer.begin(head);
  }

  data(body: string | Uint8Array, last: boolean): boolean {
    if (!this.#begun || this.#over) return true;
    const bytes = Buffer.from(body as string); // as above
    const hasRoom = bytes.length === 0 || this.#writer.write(bytes);
    if (last) this.#end(undefined);
    else this.#held = !hasRoom;
    return last || hasRoom;
  }

  trailers(fields: Fields): void {
    if (this.#begun && !this.#over) this.#end(fields);
  }

  resume(): void {
    this.#request.resume();
  }

  reset(status: Status): void {
    if (this.#over) return;
    this.#over = true;
    this.#writer.reset(status.code === "canceled" || status.code === "deadline_exceeded");
  }

  upgrade(): boolean {
    return false;
  }

  #isOver(): boolean {
    return this.#over;
  }

  #room(): void {
    if (!this.#held || this.#over) return;
    this.#held = false;
    this.#in?.room();
  }

  #lost(message: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#in?.reset({ code: "canceled", message, details: [], trailers: [] });
  }

  #end(trailers: Fields | undefined): void {
    this.#over = true;
    this.#writer.end(trailers);
    if (!this.#whole) this.#writer.unwanted();
    // What comes nevertheless is read for nothing.
    this.#request.resume();
  }
}

const EMPTY = new Uint8Array(0);
const NOWHERE = { start: 0, end: 0 };

/** The body of a request that was read before, by Express's parsers for example: bytes, a text, or what JSON says. */
function readBefore(request: NodeRequest & { readonly rawBody?: unknown; readonly body?: unknown }): Uint8Array {
  const body = request.rawBody ?? request.body;
  if (body === undefined) return EMPTY;
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}
