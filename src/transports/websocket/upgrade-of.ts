import type { HttpAnswer, HttpRequest } from "../../wires/http.js";
import { lists, listOf, valuesOf } from "../http-fields.js";
import { acceptKey } from "./accept-key.js";

type Fields = HttpRequest["fields"];

/** What a server lets pass. */
export interface UpgradeRules {
  /** The name of the messages' protocol; said to clients that offer it (RFC 6455 §1.9). */
  readonly subprotocol?: string | undefined;
  /** The origins, beside the server's own, whose pages may open WebSockets: `https://app.example.com`, or `*`. */
  readonly allowedOrigins?: readonly string[] | undefined;
}

/** How a handshake is answered: with these fields beside the status 101, or with a refusal. */
export type Upgrade =
  | { readonly fields: Fields; readonly refusal?: undefined }
  | { readonly refusal: HttpAnswer; readonly body: string; readonly fields?: undefined };

/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/u;
const PLAIN: Fields = [["content-type", "text/plain; charset=utf-8"]];
const REFUSED: HttpAnswer = { status: 400, fields: PLAIN };
const FORBIDDEN: HttpAnswer = { status: 403, fields: PLAIN };
/** RFC 6455 §4.4; RFC 9110 §15.5.22 wants to know what to upgrade to. */
const OTHER_VERSION: HttpAnswer = {
  status: 426,
  fields: [...PLAIN, ["upgrade", "websocket"], ["connection", "Upgrade"], ["sec-websocket-version", "13"]],
};

/**
 * Checks a client's handshake (RFC 6455 §4.2.1). A page of another site is refused with 403, since browsers let any page open a WebSocket to any
 * server, one on the reader's own machine included; programs, which send no origin, are let in.
 */
export function upgradeOf(request: HttpRequest, rules: UpgradeRules = {}): Upgrade {
  const { method, fields } = request;
  if (method !== "GET") return refused(`A WebSocket begins with GET, and this is ${JSON.stringify(method)}.`);
  if (
    !lists(fields, { name: "upgrade", entry: "websocket" }) ||
    !lists(fields, { name: "connection", entry: "upgrade" })
  )
    return refused('A WebSocket begins with the fields "upgrade: websocket" and "connection: Upgrade".');
  const versions = valuesOf(fields, "sec-websocket-version");
  if (versions.length !== 1 || versions[0] !== "13") {
    const body = `The version of WebSocket that is spoken here is 13, and not ${JSON.stringify(versions.join(", "))}.\n`;
    return { refusal: OTHER_VERSION, body };
  }
  const [key = "", ...more] = valuesOf(fields, "sec-websocket-key");
  if (more.length > 0 || !KEY.test(key))
    return refused(`A sec-websocket-key is 16 bytes in base64, and this is ${JSON.stringify(key.slice(0, 80))}.`);
  const origins = valuesOf(fields, "origin");
  if (origins.length > 0 && !isAllowed(origins, fields, rules.allowedOrigins ?? [])) {
    const body = `Pages of ${JSON.stringify(origins.join(", "))} may not open WebSockets here: add it to the allowed origins.\n`;
    return { refusal: FORBIDDEN, body };
  }
  return { fields: answerTo(key, fields, rules.subprotocol) };
}

function refused(reason: string): Upgrade {
  return { refusal: REFUSED, body: `${reason}\n` };
}

function answerTo(key: string, fields: Fields, subprotocol: string | undefined): Fields {
  const answer = [
    ["upgrade", "websocket"],
    ["sec-websocket-accept", acceptKey(key)],
  ] as const;
  // Names of subprotocols have a case (RFC 6455 §11.5).
  const offered = subprotocol !== undefined && listOf(fields, "sec-websocket-protocol").includes(subprotocol);
  return offered ? [...answer, ["sec-websocket-protocol", subprotocol]] : answer;
}

function isAllowed(origins: readonly string[], fields: Fields, allowed: readonly string[]): boolean {
  const [origin = ""] = origins;
  if (origins.length > 1) return false;
  if (allowed.includes("*") || allowed.includes(origin)) return true;
  const [host = ""] = valuesOf(fields, "host");
  // "null", which pages without an origin of their own send, is no URL.
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  // Both are read in one way, so that a port which goes without saying is the same as one that is said.
  const own = `${page.protocol}//${host}`;
  return host !== "" && page.host !== "" && URL.canParse(own) && new URL(own).host === page.host;
}
