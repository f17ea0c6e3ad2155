import type { HttpAnswer, HttpIn, HttpOut, HttpRequest, HttpServe } from "../wires/http.js";
import type { Outlet, Session } from "../wires/wire.js";
import { ANSWERED } from "./http-router.js";

type Fields = HttpRequest["fields"];
type Status = Parameters<HttpIn["reset"]>[0];

/** What pages may send, beside what they ask for: the fields of all wires over HTTP. */
const SENT: readonly string[] = [
  "authorization",
  "connect-accept-encoding",
  "connect-content-encoding",
  "connect-protocol-version",
  "connect-timeout-ms",
  "content-encoding",
  "content-type",
  "grpc-accept-encoding",
  "grpc-encoding",
  "grpc-timeout",
  "x-grpc-web",
  "x-user-agent",
];

/** Fields of answers that pages see anyway (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name), and those that are about the answer alone. */
const SEEN: ReadonlySet<string> = new Set([
  "cache-control",
  "content-language",
  "content-length",
  "content-type",
  "expires",
  "last-modified",
  "pragma",
  "set-cookie",
  "vary",
]);

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/u;
const MAX_AGE_SECONDS = 7200;

/**
 * Lets pages of other origins call what is answered over HTTP (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol): those of the origins listed, or any for `*`. What they
 * ask beforehand is answered here, and answers say that they, and all their fields, may be read. Pages of listed origins may send
 * credentials, those of any may not. Without a list nothing is changed, and requests without an origin are passed on as they are.
 */
export function crossOrigin(serve: HttpServe, allowedOrigins: readonly string[] = []): HttpServe {
  if (allowedOrigins.length === 0) return serve;
  // A client repeats its requests, and the transport their objects.
  let last: HttpRequest | undefined;
  let plan: OriginPlan | undefined;
  return (request, out) => {
    if (request !== last) {
      last = request;
      plan = planOf(request, allowedOrigins);
    }
    if (plan === undefined) return serve(request, out);
    if (plan.preflight === undefined) return serve(request, new SharedAnswer(out, plan));
    out.respond(plan.preflight.answer, plan.preflight.text);
    return ANSWERED;
  };
}

/** What a request with an origin means: how it is answered beforehand, or how its answers are changed. */
class OriginPlan {
  /** The answer to a question asked beforehand; undefined: it is a request. */
  readonly preflight: { readonly answer: HttpAnswer; readonly text: string } | undefined;
  /** What answers say of the origin. */
  readonly #own: Fields;
  readonly #isAllowed: boolean;
  /** What was changed last: most answers of a head are alike, and transports know them by their identity. */
  #head: HttpAnswer | undefined = undefined;
  #shared: HttpAnswer | undefined = undefined;

  constructor(request: HttpRequest, origin: string, allowed: readonly string[]) {
    const isListed = allowed.includes(origin) && origin !== "*";
    this.#isAllowed = isListed || allowed.includes("*");
    this.#own = isListed ? [["access-control-allow-origin", origin], CREDENTIALS] : this.#isAllowed ? [ANY] : [];
    this.preflight = isPreflight(request) ? this.#preflight(request, origin) : undefined;
  }

  /** How an answer begins that pages of the origin may read. */
  answer(head: HttpAnswer): HttpAnswer {
    if (head === this.#head && this.#shared !== undefined) return this.#shared;
    const names = this.#isAllowed ? head.fields.map(([name]) => name).filter((name) => !SEEN.has(name)) : [];
    const exposed: Fields =
      names.length === 0 ? [] : [["access-control-expose-headers", [...new Set(names)].join(", ")]];
    this.#head = head;
    return (this.#shared = { status: head.status, fields: [...head.fields, ...this.#own, ...exposed, VARY] });
  }

  #preflight({ fields }: HttpRequest, origin: string): { readonly answer: HttpAnswer; readonly text: string } {
    if (!this.#isAllowed) {
      const text = `Pages of ${JSON.stringify(origin)} may not call here: add it to allowedOrigins.\n`;
      return { answer: { status: 403, fields: [TEXT, VARY] }, text };
    }
    const asked = (valueOf(fields, "access-control-request-headers") ?? "").toLowerCase().split(",");
    const names = new Set([...SENT, ...asked.map((name) => name.trim()).filter((name) => TOKEN.test(name))]);
    const allowed: Fields = [
      ["access-control-allow-methods", "GET, POST"],
      ["access-control-allow-headers", [...names].join(", ")],
      ["access-control-max-age", String(MAX_AGE_SECONDS)],
      ["vary", "origin, access-control-request-headers"],
    ];
    return { answer: { status: 204, fields: [...this.#own, ...allowed] }, text: "" };
  }
}

/** An answer that pages of another origin may read, or may not. */
class SharedAnswer implements HttpOut {
  readonly #out: HttpOut;
  readonly #plan: OriginPlan;

  constructor(out: HttpOut, plan: OriginPlan) {
    this.#out = out;
    this.#plan = plan;
  }

  respond(head: HttpAnswer, body: string | Uint8Array, trailers?: Fields): void {
    this.#out.respond(this.#plan.answer(head), body, trailers);
  }

  head(head: HttpAnswer): void {
    this.#out.head(this.#plan.answer(head));
  }

  data(body: string | Uint8Array, last: boolean): boolean {
    return this.#out.data(body, last);
  }

  trailers(fields: Fields): void {
    this.#out.trailers?.(fields);
  }

  resume(): void {
    this.#out.resume();
  }

  reset(status: Status): void {
    this.#out.reset(status);
  }

  upgrade(fields: Fields, open: (outlet: Outlet) => Session): boolean {
    return this.#out.upgrade(fields, open);
  }
}

const TEXT = ["content-type", "text/plain; charset=utf-8"] as const;
const VARY = ["vary", "origin"] as const;
const ANY = ["access-control-allow-origin", "*"] as const;
const CREDENTIALS = ["access-control-allow-credentials", "true"] as const;

function planOf(request: HttpRequest, allowed: readonly string[]): OriginPlan | undefined {
  const origin = valueOf(request.fields, "origin");
  return origin === undefined ? undefined : new OriginPlan(request, origin, allowed);
}

/** https://fetch.spec.whatwg.org/#cors-preflight-request */
function isPreflight({ method, fields }: HttpRequest): boolean {
  return method === "OPTIONS" && valueOf(fields, "access-control-request-method") !== undefined;
}

function valueOf(fields: Fields, name: string): string | undefined {
  return fields.find(([each]) => each === name)?.[1];
}
