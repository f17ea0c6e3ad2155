import { encodeBase64 } from "../../bytes/base64.js";
import { Base64Segments } from "../../bytes/base64-segments.js";
import { encodeUtf8 } from "../../bytes/utf8.js";
import { type Fields, fieldOf } from "../../call/fields.js";
import { failure, type Status } from "../../call/status.js";
import type { ByteRange, HttpAnswer, HttpAsk, HttpIn, HttpOut, HttpRequest } from "../http.js";
import type { SessionOptions } from "../wire.js";
import { webNameOf } from "./codec.js";
import { KnownAnswers } from "./known-answers.js";
import { TrailerScan } from "./trailer-scan.js";

/** Asks in gRPC-Web what gRPC asks, and tells it the end of an answer's body as trailers (PROTOCOL-WEB.md). */
export function grpcWebAsk(ask: HttpAsk, options: SessionOptions): HttpAsk {
  const text = options.grpcweb?.text === true;
  const shared: Shared = { options, known: new KnownAnswers() };
  return (request, heard, body) => {
    const answer = new WebAnswerHeard(heard, request.path, shared);
    const web = webRequest(request, text);
    const out = ask(web, answer, text && body !== undefined ? textOf(body) : body);
    answer.asked(out);
    return text ? new TextAsking(out) : out;
  };
}

/** What all requests of a connection share. */
interface Shared {
  readonly options: SessionOptions;
  readonly known: KnownAnswers;
}

/** The answer to one request: gRPC hears it as its own. */
class WebAnswerHeard implements HttpIn {
  readonly ownLimits = "all" as const;
  readonly #heard: HttpIn;
  readonly #path: string;
  readonly #shared: Shared;
  readonly #scan: TrailerScan;
  #text: Base64Segments | undefined = undefined;
  #encoding: string | undefined = undefined;
  /** It is one of gRPC-Web: its body ends with trailers. */
  #isWeb = false;
  #over = false;
  #out: HttpOut | undefined = undefined;
  /** Why the answer was given up before it was known how to say so. */
  #failed: Status | undefined = undefined;

  constructor(heard: HttpIn, path: string, shared: Shared) {
    this.#heard = heard;
    this.#path = path;
    this.#shared = shared;
    this.#scan = new TrailerScan(shared.options.limits.maxHeaderBytes);
  }

  /** Learns what speaks for this end. */
  asked(out: HttpOut): void {
    this.#out = out;
    if (this.#failed !== undefined) out.reset(this.#failed);
  }

  answer(head: HttpAnswer): void {
    const { grpc, body, encoding } = this.#shared.known.head(head);
    this.#isWeb = body !== "foreign";
    if (body === "text") this.#text = new Base64Segments();
    this.#encoding = encoding;
    this.#heard.answer(grpc);
  }

  data(bytes: Uint8Array, range: ByteRange, last: boolean): boolean {
    if (this.#over) return true;
    if (!this.#isWeb) return this.#heard.data(bytes, range, last);
    if (this.#text === undefined) return this.#hear(bytes, range, last);
    const decoded = this.#text.decode(bytes, range.start, range.end);
    if (decoded === undefined || (last && !this.#text.whole))
      return this.#fail("internal", "is sent as text, and is no base64, or ends within a group of it");
    return this.#hear(decoded, { start: 0, end: decoded.length }, last);
  }

  room(): void {
    this.#heard.room();
  }

  refused(status: Status, sent: boolean): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#heard.refused === undefined) this.#heard.reset(status);
    else this.#heard.refused(status, sent);
  }

  reset(status: Status): void {
    if (this.#over) return;
    this.#over = true;
    this.#heard.reset(status);
  }

  #hear(bytes: Uint8Array, { start, end }: ByteRange, last: boolean): boolean {
    const scan = this.#scan;
    const until = scan.push(bytes, start, end);
    if (scan.wrong === "more") return this.#fail("internal", "goes on after its trailers");
    if (scan.wrong === "oversized")
      return this.#fail("resource_exhausted", "has longer trailers than maxHeaderBytes allows");
    if (last && scan.trailers !== undefined) {
      const trailers = this.#trailers(scan.trailers);
      if (trailers === undefined) return this.#fail("internal", "has trailers that cannot be read");
      this.#heard.trailers?.(trailers);
    }
    return this.#heard.data(bytes, { start, end: until }, last);
  }

  #trailers(frame: Uint8Array): Fields | undefined {
    const { known, options } = this.#shared;
    if ((this.#scan.flags & COMPRESSED) === 0) return known.trailers(frame);
    const { codings = {}, limits } = options;
    const name = this.#encoding;
    const coding = name !== undefined && Object.hasOwn(codings, name) ? codings[name] : undefined;
    const plain = coding?.decode(frame, limits.maxHeaderBytes);
    return plain === undefined || typeof plain === "string" ? undefined : known.trailers(plain);
  }

  /** Gives up an answer that is none. */
  #fail(code: "internal" | "resource_exhausted", what: string): true {
    const status = failure(code, `The answer of ${this.#path.slice(1)} ${what}.`);
    this.reset(status);
    if (this.#out === undefined) this.#failed = status;
    else this.#out.reset(status);
    return true;
  }
}

/** The request of an exchange that goes as text. */
class TextAsking implements HttpOut {
  readonly #out: HttpOut;

  constructor(out: HttpOut) {
    this.#out = out;
  }

  /** A server's word. */
  respond(): void {}

  /** A server's word. */
  head(): void {}

  data(body: string | Uint8Array, last: boolean): boolean {
    return this.#out.data(textOf(body), last);
  }

  resume(): void {
    this.#out.resume();
  }

  reset(status: Status): void {
    this.#out.reset(status);
  }

  upgrade(): boolean {
    return false;
  }
}

/** The flag of a frame that is compressed. */
const COMPRESSED = 1;

/** A request as gRPC-Web has it; the same object for the same request, since transports know requests by their identity. */
function webRequest(request: HttpRequest, text: boolean): HttpRequest {
  const { memo, method, path, query, fields } = request;
  if (memo !== undefined && memo.owner === webRequest) return memo.value as HttpRequest; // only this function owns such memos
  const type = webNameOf(fieldOf(fields, "content-type") ?? "", text);
  const own = fields.filter(([name]) => name !== "te" && name !== "content-type");
  const value: HttpRequest = {
    method,
    path,
    query,
    fields: [["content-type", type], ["accept", type], ["x-grpc-web", "1"], ...own],
    memo: undefined,
  };
  request.memo = { owner: webRequest, value };
  return value;
}

function textOf(body: string | Uint8Array): string {
  return encodeBase64(typeof body === "string" ? encodeUtf8(body) : body);
}
