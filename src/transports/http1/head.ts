import type { HttpRequest } from "../../wires/http.js";

type Fields = HttpRequest["fields"];

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
export interface AnswerHead {
  readonly status: number;
  readonly fields: Fields;
  readonly length: BodyLength;
  readonly keepAlive: boolean;
}

/** Why a message cannot be taken: the status to answer, and a sentence. */
export interface Refusal {
  readonly refused: number;
  readonly reason: string;
}

/** The target as browsers leave it (RFC 3986 allows less): no fragment, no quotes, no angle brackets. */
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([!$-;=?-~]+) HTTP\/(\d\.\d)$/u;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t -~\u0080-\u00ff]*)?$/u;
/** RFC 9110 §7.2, §4.2.1: a name or an address, and a port. */
const HOST = /^[A-Za-z0-9\-._~%!$&'()*+,;=:[\]]*$/u;
const ABSOLUTE = /^https?:\/\/[A-Za-z0-9\-._~%!$&'()*+,;=:[\]]+((?:[/?].*)?)$/iu;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u;
const METHODS: ReadonlySet<string> = new Set(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"]);
const LONGEST_TARGET = 8192;

/** Reads a request's head: everything before the empty line, one character a byte. Anything that two readers could take in two ways is refused. */
export function readRequestHead(text: string): RequestHead | Refusal {
  const lines = text.split("\r\n");
  const [, method = "", target = "", version = ""] = REQUEST_LINE.exec(lines[0] ?? "") ?? [];
  if (method === "") return bad(`The request line is none of HTTP/1.1: ${shown(lines[0] ?? "")}.`);
  if (version !== "1.1" && version !== "1.0")
    return { refused: 505, reason: `HTTP/${version} is not spoken here: use HTTP/1.1.` };
  if (!METHODS.has(method)) return { refused: 501, reason: `Method ${method} is not known here: use POST or GET.` };
  if (target.length > LONGEST_TARGET)
    return { refused: 414, reason: `A target may have ${LONGEST_TARGET} characters, and this one has more.` };
  const where = readTarget(target, method);
  if (where === undefined) return bad(`The target is no path: ${shown(target)}.`);
  const fields = readFields(lines);
  if ("refused" in fields) return fields;
  const old = version === "1.0";
  const hosts = valuesOf(fields, "host");
  if (hosts.length > 1 || (!old && hosts.length === 0)) return bad("A request of HTTP/1.1 has exactly one field host.");
  if (!HOST.test(hosts[0] ?? "")) return bad(`The field host is no host: ${shown(hosts[0] ?? "")}.`);
  const length = requestLength(fields, old);
  if (typeof length === "object") return length;
  const request: HttpRequest = { method, path: where.path, query: where.query, fields, memo: undefined };
  const expects = !old && length !== 0 && tokensOf(fields, "expect").includes("100-continue");
  return { request, length, keepAlive: isKept(fields, old), old, expects };
}

/** Reads an answer's head, as `readRequestHead` does a request's. `method` is what was asked: a HEAD is answered without a body. */
export function readAnswerHead(text: string, method: string): AnswerHead | Refusal {
  const lines = text.split("\r\n");
  const [, minor, code] = STATUS_LINE.exec(lines[0] ?? "") ?? [];
  if (code === undefined) return bad(`The status line is none of HTTP/1.1: ${shown(lines[0] ?? "")}.`);
  const status = Number(code);
  const fields = readFields(lines);
  if ("refused" in fields) return fields;
  const length = answerLength(fields, { status, method });
  if (typeof length === "object") return length;
  return { status, fields, length, keepAlive: length !== "close" && isKept(fields, minor === "0") };
}

/** The value of a field that occurs once; the first, where it occurs more often. */
export function fieldOf(fields: Fields, name: string): string | undefined {
  return valuesOf(fields, name)[0];
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

function readFields(lines: readonly string[]): Fields | Refusal {
  const fields: [string, string][] = [];
  for (let i = 1; i < lines.length; i += 1) {
    const line = lines[i] ?? "";
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon));
    // A space before the colon, or a line that goes on with the one before, is what requests are smuggled with (RFC 9112 §5.1, §5.2).
    if (!NAME.test(name)) return bad(`A line of the head is no field: ${shown(line)}.`);
    // A field's white space around is no part of it; other controls have no place in it (RFC 9110 §5.5).
    const value = trimmed(line, colon + 1);
    if (CONTROL.test(value)) return bad(`Field ${shown(name)} holds a control character.`);
    const lower = name.toLowerCase();
    // White space to some readers and none to others: RFC 9110 §5.6.3 allows it, attackers use it.
    if ((lower === "transfer-encoding" || lower === "content-length") && line.includes("\t"))
      return bad(`Field ${shown(name)} holds a tab.`);
    fields.push([lower, value]);
  }
  return fields;
}

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/u;

function trimmed(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start += 1;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** RFC 9112 §6: what says the length must say it once, and in one way. */
function requestLength(fields: Fields, old: boolean): number | "chunked" | Refusal {
  const codings = valuesOf(fields, "transfer-encoding");
  const lengths = valuesOf(fields, "content-length");
  if (codings.length === 0) return lengths.length === 0 ? 0 : lengthOf(lengths);
  if (old) return bad("HTTP/1.0 has no transfer-encoding: send a content-length.");
  if (lengths.length > 0) return bad("A request has content-length or transfer-encoding, not both.");
  if (codings.length === 1 && codings[0]?.toLowerCase() === "chunked") return "chunked";
  return { refused: 501, reason: "The only transfer-encoding that is known here is chunked." };
}

function answerLength(fields: Fields, { status, method }: { status: number; method: string }): BodyLength | Refusal {
  if (method === "HEAD" || status === 204 || status === 304 || status < 200) return 0;
  const codings = valuesOf(fields, "transfer-encoding");
  const lengths = valuesOf(fields, "content-length");
  if (codings.length > 0) {
    if (codings.length === 1 && codings[0]?.toLowerCase() === "chunked" && lengths.length === 0) return "chunked";
    return bad("The answer's transfer-encoding is other than chunked, or has a content-length beside it.");
  }
  return lengths.length === 0 ? "close" : lengthOf(lengths);
}

function lengthOf(values: readonly string[]): number | Refusal {
  const [value = ""] = values;
  if (values.length > 1 || !/^\d{1,15}$/u.test(value))
    return bad(`The content-length is no number of bytes: ${shown(values.join(", "))}.`);
  return Number(value);
}

/** RFC 9112 §9.3: `close` goes before all else; HTTP/1.0 is kept only where it says so. */
function isKept(fields: Fields, old: boolean): boolean {
  const options = tokensOf(fields, "connection");
  return !options.includes("close") && (!old || options.includes("keep-alive"));
}

function valuesOf(fields: Fields, name: string): string[] {
  const values: string[] = [];
  for (const [key, value] of fields) if (key === name) values.push(value);
  return values;
}

function tokensOf(fields: Fields, name: string): string[] {
  return valuesOf(fields, name).flatMap((value) =>
    value
      .toLowerCase()
      .split(",")
      .map((token) => token.trim()),
  );
}

/** The beginning of what cannot be read, for a person. */
function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

function bad(reason: string): Refusal {
  return { refused: 400, reason };
}
