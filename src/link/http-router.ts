import type { ByteRange, HttpAnswer, HttpIn, HttpRequest, HttpRoute, HttpServe } from "../wires/http.js";

/** What of a wire says which requests are its. */
export interface Offered {
  readonly name: string;
  readonly routes: readonly HttpRoute[];
}

/** How a router goes about what is nobody's. */
export interface RouterOptions<W extends Offered> {
  /** How a wire answers. */
  readonly answering: (wire: W) => HttpServe;
  /** It hears a request out before it refuses it, where an early answer costs a reset (RFC 9113 §8.1). */
  readonly patient?: boolean;
}

/** A patient router listens to so much of a body. */
const PATIENCE_BYTES = 64 * 1024;

/**
 * Gives each request to the first wire that has a route for its path, method and media type. What is nobody's is refused with 404, 405 or 415,
 * and a sentence that says what there is (RFC 9110 §15.5).
 */
export function httpRouter<W extends Offered>(wires: readonly W[], options: RouterOptions<W>): HttpServe {
  // A client repeats its requests, and the transport their objects.
  let last: HttpRequest | undefined;
  let found: HttpServe | undefined;
  return (request, out) => {
    if (request !== last || found === undefined) {
      const route = find(wires, request);
      found = "wire" in route ? options.answering(route.wire) : refusing(route, options);
      last = request;
    }
    return found(request, out);
  };
}

/** Whether a request is one of some wires'; if not, a router refuses it. */
export function isRouted(wires: readonly Offered[], request: HttpRequest): boolean {
  return "wire" in find(wires, request);
}

const TEXT = ["content-type", "text/plain; charset=utf-8"] as const;
const NOT_FOUND: HttpAnswer = { status: 404, fields: [TEXT] };

function find<W extends Offered>(wires: readonly W[], request: HttpRequest): { readonly wire: W } | Refusal {
  // A HEAD is answered like a GET; the transport leaves the body out.
  const method = request.method === "HEAD" ? "GET" : request.method;
  const isNamed = wires.some(({ routes }) => routes.some(({ paths }) => isList(paths) && paths.includes(request.path)));
  const here = wires.flatMap((wire) =>
    wire.routes.filter((route) => hasPath(route, request, isNamed)).map((route) => ({ wire, route })),
  );
  if (here.length === 0)
    return { answer: NOT_FOUND, text: `Nothing is at ${JSON.stringify(request.path)}. ${offer(wires)}\n` };
  const methods = [...new Set(here.map(({ route }) => route.method))].toSorted();
  const allow = ["allow", [...methods, "OPTIONS"].join(", ")] as const;
  if (method === "OPTIONS") return { answer: { status: 204, fields: [allow] }, text: "" };
  const asked = here.filter(({ route }) => route.method === method);
  if (asked.length === 0) {
    const said = `${request.path} takes ${methods.join(" or ")}, not ${request.method}. ${offer(wires)}\n`;
    return { answer: { status: 405, fields: [allow, TEXT] }, text: said };
  }
  const type = mediaType(request);
  const match = asked.find(({ route }) => route.types === undefined || route.types.includes(type));
  if (match !== undefined) return match;
  const types = asked.map(({ wire, route }) => `${(route.types ?? []).join(" or ")} (${wire.name})`).join(", ");
  const what = type === "" ? "no content type" : `content type ${JSON.stringify(type)}`;
  const said = `The request has ${what}: ${request.path} takes ${types}.\n`;
  return { answer: { status: 415, fields: [TEXT] }, text: said };
}

/** `isNamed`: some route names the path. */
function hasPath({ method, paths, types }: HttpRoute, request: HttpRequest, isNamed: boolean): boolean {
  if (isList(paths)) return paths.includes(request.path);
  if (paths === "any" || CALL.test(request.path)) return true;
  // Methods may be called by a bare name too, in a type that says so, where the path is nobody's.
  return !isNamed && method === request.method && types?.includes(mediaType(request)) === true;
}

function isList(paths: HttpRoute["paths"]): paths is readonly string[] {
  return typeof paths !== "string";
}

const CALL = /^\/[^/]+\/[^/]+$/u;
const NAMED: Readonly<Record<string, string>> = { any: "any path", calls: "/SERVICE/METHOD" };

/** What requests may be made here, for people. */
function offer(wires: readonly Offered[]): string {
  const lines = wires.flatMap(({ name, routes }) =>
    routes.map(({ method, paths }) => {
      const where = typeof paths === "string" ? NAMED[paths] : paths.join(" or ");
      return `${method} ${where} (${name})`;
    }),
  );
  return `There is: ${lines.join(", ")}.`;
}

/** The media type of a request's body in lower case, without parameters; empty where it says none. */
function mediaType({ fields }: HttpRequest): string {
  const [, value = ""] = fields.find(([name]) => name === "content-type") ?? [];
  return (value.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** An answer to what is nobody's. */
interface Refusal {
  readonly answer: HttpAnswer;
  readonly text: string;
}

/** How what is nobody's is answered. */
function refusing(refusal: Refusal, { patient }: { readonly patient?: boolean }): HttpServe {
  return patient === true ? refuseLater(refusal) : refuse(refusal);
}

/** Refuses at once, so that a client who waits for a word need not send the body. */
function refuse({ answer, text }: Refusal): HttpServe {
  return (_request, out) => {
    out.respond(answer, text);
    return ANSWERED;
  };
}

/** Refuses when the request has ended, or has gone on for too long. */
function refuseLater({ answer, text }: Refusal): HttpServe {
  return (_request, out) => {
    let heard = 0;
    return {
      ...ANSWERED,
      data(_bytes, { start, end }, last) {
        heard += end - start;
        if (last || heard > PATIENCE_BYTES) out.respond(answer, text);
        return true;
      },
    };
  };
}

/** Hears, and forgets, the rest of a request that has been answered. */
export const ANSWERED: HttpIn = {
  answer() {},
  data: (_bytes: Uint8Array, _range: ByteRange, _last: boolean) => true,
  room() {},
  reset() {},
};
