import { gzipSync } from "node:zlib";
import type { HttpAnswer, HttpAsk, HttpIn, HttpOut, HttpRequest, HttpServe } from "../wires/http.js";
import { CodedAnswer } from "./http-coded-answer.js";
import { CodedAsking } from "./http-coded-asking.js";
import { acceptsGzip, decodedHead, type Encoding, encodingOf } from "./http-encodings.js";

/** Bodies of fewer bytes fit in one packet, and gain nothing. */
const THRESHOLD_BYTES = 1400;

/** What a server decodes and encodes. */
export interface DecodingServerOptions {
  /** Bytes of a decoded body. */
  readonly maxMessageBytes: number;
  /** Answers of fewer bytes are sent as they are; 1400 where not said. */
  readonly thresholdBytes?: number | undefined;
}

/** What a client decodes and encodes. */
export interface DecodingAskOptions {
  /** Bytes of a decoded body. */
  readonly maxMessageBytes: number;
  /** Long requests that are known whole are sent in gzip; for servers that are known to read it. */
  readonly gzipRequests?: boolean | undefined;
}

/** What one distinct request means to the coding. */
interface ServerPlan {
  readonly encoding: Encoding | "unknown" | undefined;
  readonly gzip: boolean;
  /** What the wire sees: the same object for the same request. */
  readonly request: HttpRequest;
}

/**
 * Puts content coding (RFC 9110 §8.4) between a transport and a wire: requests in gzip and deflate reach the wire decoded, and whole answers of
 * some length leave in gzip where the client takes it. A body that is too large when decoded is answered with 413, a broken one with 400, one in
 * an unknown coding with 415. Answers in pieces are left alone.
 */
export function decodingServer(serve: HttpServe, options: DecodingServerOptions): HttpServe {
  const { maxMessageBytes, thresholdBytes = THRESHOLD_BYTES } = options;
  const plans = new WeakMap<HttpRequest, ServerPlan>();
  return (request: HttpRequest, out: HttpOut): HttpIn => {
    let plan = plans.get(request);
    if (plan === undefined) plans.set(request, (plan = planOf(request)));
    const { encoding, gzip } = plan;
    if (encoding === undefined && !gzip) return serve(request, out);
    if (encoding === "unknown") {
      out.respond(UNKNOWN, "Bodies are read in gzip and deflate here, and in no other coding.\n");
      return NOBODY;
    }
    const answer = new CodedAnswer(out, {
      encoding,
      maxMessageBytes,
      thresholdBytes: gzip ? thresholdBytes : Infinity,
    });
    return answer.begin(serve(plan.request, answer));
  };
}

/**
 * Puts content coding between a client's wire and its transport: answers may come in gzip, and reach the wire decoded. One that is too large when
 * decoded resets the exchange as `resource_exhausted`, a broken one as `internal`.
 */
export function decodingAsk(ask: HttpAsk, options: DecodingAskOptions): HttpAsk {
  const { maxMessageBytes, gzipRequests = false } = options;
  const plain = new WeakMap<HttpRequest, HttpRequest>();
  const coded = new WeakMap<HttpRequest, HttpRequest>();
  return (request: HttpRequest, heard: HttpIn, body?: string | Uint8Array): HttpOut => {
    const asking = new CodedAsking(heard, maxMessageBytes);
    // Compressed at once: held back for another thread, a request would find its connection given to the next; and in pieces it would have
    // no content-length, without which many servers read no body.
    if (gzipRequests && body !== undefined && Buffer.byteLength(body) >= THRESHOLD_BYTES)
      return asking.begin(ask(kept(coded, request, zipped), asking.heard, gzipSync(body)));
    return asking.begin(ask(kept(plain, request, accepting), asking.heard, body));
  };
}

function planOf(request: HttpRequest): ServerPlan {
  const encoding = encodingOf(request.fields);
  // Whose memo the transport's object carries does not matter to another object.
  const seen = encoding === undefined ? request : { ...decodedHead(request), memo: undefined };
  return { encoding, gzip: acceptsGzip(request.fields), request: seen };
}

/** What was made of a request before, or is now: transports and wires know requests by their identity. */
function kept(
  known: WeakMap<HttpRequest, HttpRequest>,
  request: HttpRequest,
  make: (request: HttpRequest) => HttpRequest,
): HttpRequest {
  let made = known.get(request);
  if (made === undefined) known.set(request, (made = make(request)));
  return made;
}

function accepting(request: HttpRequest): HttpRequest {
  const { fields } = request;
  // A caller who says what to accept is not contradicted.
  if (fields.some(([name]) => name === "accept-encoding")) return request;
  return { ...request, fields: [...fields, ["accept-encoding", "gzip"]], memo: undefined };
}

function zipped(request: HttpRequest): HttpRequest {
  const { fields } = accepting(request);
  return { ...request, fields: [...fields, ["content-encoding", "gzip"]], memo: undefined };
}

const UNKNOWN: HttpAnswer = {
  status: 415,
  fields: [
    ["content-type", "text/plain; charset=utf-8"],
    ["accept-encoding", "gzip, deflate"],
  ],
};

/** Hears what is left of a request that has been answered. */
const NOBODY: HttpIn = {
  answer() {},
  data: () => true,
  room() {},
  reset() {},
};
