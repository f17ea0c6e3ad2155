import type { HttpAnswer, HttpRequest } from "../../wires/http.js";
import { hasToken, type HeadFields, readHeadFields } from "./head-fields.js";

/** How the length of a message's body is known (RFC 9112 §6.3): so many bytes, in chunks, or until the connection ends. */
export type BodyLength = number | "chunked" | "close";

/** The head of a request, read. */
export interface RequestHead {
  readonly request: HttpRequest;
  readonly length: number | "chunked";
  /** The connection may carry another request after this one (RFC 9112 §9.3). */
  readonly keepAlive: boolean;
  /** It is HTTP/1.0, which knows no chunks. */
  readonly old: boolean;
  /** The client waits for a word before it sends the body (RFC 9110 §10.1.1). */
  readonly expects: boolean;
}

/** The head of an answer, read. */
export interface AnswerHead extends HttpAnswer {
  readonly length: BodyLength;
  readonly keepAlive: boolean;
  /** For how many milliseconds the server says that it keeps the connection without requests; undefined: it says nothing. */
  readonly keptMs: number | undefined;
}

/** Why a message cannot be taken: the status to answer, and a sentence. */
export interface Refusal {
  readonly refused: number;
  readonly reason: string;
  /** It is longer than it may be. */
  readonly oversized?: true;
}

/** The target as browsers leave it (RFC 3986 allows less): no fragment, no quotes, no angle brackets. */
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([!$-;=?-~]+) HTTP\/(\d\.\d)$/u;
/** Statuses from 600 on are none, but stand for a failed server (RFC 9110 §15). */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t -~\u0080-\u00ff]*)?$/u;
/** RFC 9110 §7.2, §4.2.1: a name or an address, and a port. */
const HOST = /^[A-Za-z0-9\-._~%!$&'()*+,;=:[\]]*$/u;
const ABSOLUTE = /^https?:\/\/[A-Za-z0-9\-._~%!$&'()*+,;=:[\]]+((?:[/?].*)?)$/iu;
const METHODS: ReadonlySet<string> = new Set(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"]);
const LONGEST_TARGET = 8192;

/** Reads a request's head: everything before the empty line, one character a byte. Anything that two readers could take in two ways is refused. */
export function readRequestHead(text: string): RequestHead | Refusal {
  const line = firstLine(text);
  const [, method = "", target = "", version = ""] = REQUEST_LINE.exec(line) ?? [];
  if (method === "") return bad(`The request line is none of HTTP/1.1: ${shown(line)}.`);
  if (version !== "1.1" && version !== "1.0")
    return { refused: 505, reason: `HTTP/${version} is not spoken here: use HTTP/1.1.` };
  if (!METHODS.has(method)) return { refused: 501, reason: `Method ${method} is not known here: use POST or GET.` };
  if (target.length > LONGEST_TARGET)
    return { refused: 414, reason: `A target may have ${LONGEST_TARGET} characters, and this one has more.` };
  const where = readTarget(target, method);
  if (where === undefined) return bad(`The target is no path: ${shown(target)}.`);
  const head = readHeadFields(text, line.length + 2);
  if (typeof head === "string") return bad(head);
  const old = version === "1.0";
  const [host = ""] = head.hosts;
  if (head.hosts.length > 1 || (!old && head.hosts.length === 0))
    return bad("A request of HTTP/1.1 has exactly one field host.");
  if (!HOST.test(host)) return bad(`The field host is no host: ${shown(host)}.`);
  const length = requestLength(head, old);
  if (typeof length === "object") return length;
  const { path, query } = where;
  const request: HttpRequest = { method, path, query, fields: head.fields, memo: undefined };
  const expects = !old && length !== 0 && hasToken(head.expect, "100-continue");
  return { request, length, keepAlive: isKept(head, old), old, expects };
}

/** Reads an answer's head, as `readRequestHead` does a request's. `method` is what was asked: a HEAD is answered without a body. */
export function readAnswerHead(text: string, method: string): AnswerHead | Refusal {
  const line = firstLine(text);
  const [, minor, code] = STATUS_LINE.exec(line) ?? [];
  if (code === undefined) return bad(`The status line is none of HTTP/1.1: ${shown(line)}.`);
  const status = Number(code);
  const head = readHeadFields(text, line.length + 2);
  if (typeof head === "string") return bad(head);
  const length = answerLength(head, { status, method });
  if (typeof length === "object") return length;
  const keepAlive = length !== "close" && isKept(head, minor === "0");
  const seconds = /\btimeout=(\d{1,6})\b/u.exec(head.keepAlive)?.[1];
  return {
    status,
    fields: head.fields,
    length,
    keepAlive,
    keptMs: seconds === undefined ? undefined : Number(seconds) * 1000,
  };
}

function firstLine(text: string): string {
  const end = text.indexOf("\r\n");
  return end < 0 ? text : text.slice(0, end);
}

function readTarget(target: string, method: string): { path: string; query: string } | undefined {
  if (target === "*") return method === "OPTIONS" ? { path: "*", query: "" } : undefined;
  // RFC 9112 §3.2.2: absolute-form, as proxies are sent; whose it is was decided by who connected.
  const rest = target.startsWith("/") ? target : ABSOLUTE.exec(target)?.[1];
  if (rest === undefined) return undefined;
  const mark = rest.indexOf("?");
  const path = mark < 0 ? rest : rest.slice(0, mark);
  return { path: path === "" ? "/" : path, query: mark < 0 ? "" : rest.slice(mark + 1) };
}

/** RFC 9112 §6: what says the length must say it once, and in one way. */
function requestLength({ codings, lengths }: HeadFields, old: boolean): number | "chunked" | Refusal {
  if (codings.length === 0) return lengths.length === 0 ? 0 : lengthOf(lengths);
  if (old) return bad("HTTP/1.0 has no transfer-encoding: send a content-length.");
  if (lengths.length > 0) return bad("A request has content-length or transfer-encoding, not both.");
  if (isChunked(codings)) return "chunked";
  return { refused: 501, reason: "The only transfer-encoding that is known here is chunked." };
}

function answerLength(
  { codings, lengths }: HeadFields,
  { status, method }: { status: number; method: string },
): BodyLength | Refusal {
  if (method === "HEAD" || status === 204 || status === 304 || status < 200) return 0;
  if (codings.length === 0) return lengths.length === 0 ? "close" : lengthOf(lengths);
  if (lengths.length > 0) return bad("The answer has both a transfer-encoding and a content-length.");
  return isChunked(codings) ? "chunked" : bad("The answer's transfer-encoding is other than chunked.");
}

function isChunked(codings: readonly string[]): boolean {
  return codings.length === 1 && codings[0]?.toLowerCase() === "chunked";
}

function lengthOf(values: readonly string[]): number | Refusal {
  const [value = ""] = values;
  if (values.length > 1 || !/^\d{1,15}$/u.test(value))
    return bad(`The content-length is no number of bytes: ${shown(values.join(", "))}.`);
  return Number(value);
}

/** RFC 9112 §9.3: `close` goes before all else; HTTP/1.0 is kept only where it says so. */
function isKept({ connection }: HeadFields, old: boolean): boolean {
  return !hasToken(connection, "close") && (!old || hasToken(connection, "keep-alive"));
}

/** The beginning of what cannot be read, for a person. */
function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

function bad(reason: string): Refusal {
  return { refused: 400, reason };
}
