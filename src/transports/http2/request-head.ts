import type { HttpRequest } from "../../wires/http.js";
import type { Entry } from "./header-table.js";
import { type MessageHead, readMessageHead } from "./message-head.js";

/** A request's head, and what it says of the request's body and answer. */
export interface RequestHead {
  readonly request: HttpRequest;
  /** How long the body is; undefined where nothing says it. */
  readonly length: number | undefined;
  /** The client waits for a word before it sends the body (RFC 9110 §10.1.1). */
  readonly expects: boolean;
}

/** Reads the head of a request. Undefined: it is malformed (RFC 9113 §8.1.1). */
export function readRequestHead(entries: readonly Entry[]): RequestHead | undefined {
  const head = readMessageHead(entries, "request");
  if (head === undefined) return undefined;
  const { pseudo, length } = head;
  const method = pseudo[":method"] ?? "";
  const authority = pseudo[":authority"];
  const target = pseudo[":path"] ?? "";
  if (!METHOD.test(method) || !isTarget(head, method, target)) return undefined;
  // §8.3.1: `host` says the same, or the request is malformed.
  const hosts = head.fields.filter(([name]) => name === "host");
  if (hosts.length > 1 || hosts.some(([, host]) => host.toLowerCase() !== (authority ?? host).toLowerCase()))
    return undefined;
  const others = head.fields.filter(([name]) => name !== "host" && name !== "cookie");
  const host = authority ?? hosts[0]?.[1];
  const cookies = head.fields.filter(([name]) => name === "cookie").map(([, value]) => value);
  const mark = target.indexOf("?");
  const request: HttpRequest = {
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? "" : target.slice(mark + 1),
    fields: [
      ...(host === undefined ? [] : [["host", host] as const]),
      ...others,
      // §8.2.3: a cookie may come in pieces.
      ...(cookies.length === 0 ? [] : [["cookie", cookies.join("; ")] as const]),
    ],
    memo: undefined,
  };
  const expects = others.some(([name, value]) => name === "expect" && value.toLowerCase() === "100-continue");
  return { request, length, expects };
}

/** A token (RFC 9110 §5.6.2). */
const METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u;
/** What no target holds (RFC 3986 §2): blanks, control characters, a fragment. */
const NO_TARGET = /[^!"$-~]/u;

/** Whether a request asks for something that can be asked for: CONNECT for a host alone (§8.5), the others for a path (§8.3.1). */
function isTarget({ pseudo }: MessageHead, method: string, target: string): boolean {
  const { ":scheme": scheme, ":authority": authority } = pseudo;
  if (method === "CONNECT") return scheme === undefined && pseudo[":path"] === undefined && (authority ?? "") !== "";
  if (scheme === undefined || NO_TARGET.test(target)) return false;
  return target.startsWith("/") || (method === "OPTIONS" && target === "*");
}
