import type { HttpRequest } from "../../wires/http.js";
import { BYTE_KINDS, TOKEN_BYTE, VALUE_BYTE } from "./byte-kinds.js";
import { FRAMING_FIELDS } from "./framing-fields.js";

/** The fields of a head, and what they say of the message and its connection: noted while they are read, which happens once a distinct head. */
export interface HeadFields {
  readonly fields: HttpRequest["fields"];
  /** The values of fields that may occur once, or not at all. */
  readonly hosts: readonly string[];
  readonly lengths: readonly string[];
  readonly codings: readonly string[];
  /** The values of lists, joined by commas, in lower case; empty where there are none. */
  readonly connection: string;
  readonly expect: string;
  readonly keepAlive: string;
}

/** Reads field lines from a place in a head's text to its end (RFC 9112 §5). A string says which line is none. */
export function readHeadFields(text: string, from: number): HeadFields | string {
  const fields: [string, string][] = [];
  const once = { host: NONE, "content-length": NONE, "transfer-encoding": NONE };
  const lists = { connection: "", expect: "", "keep-alive": "" };
  const { length } = text;
  for (let at = from; at < length;) {
    let colon = at;
    while (colon < length && BYTE_KINDS[text.charCodeAt(colon)] === TOKEN_BYTE) colon += 1;
    // A space before the colon, or a line that goes on with the one before, is what requests are smuggled with (RFC 9112 §5.1, §5.2).
    if (colon === at || text.charCodeAt(colon) !== COLON) return `A line of the head is no field: ${lineAt(text, at)}.`;
    let end = colon + 1;
    while (end < length && (BYTE_KINDS[text.charCodeAt(end)] ?? 0) >= VALUE_BYTE) end += 1;
    if (end < length && !text.startsWith("\r\n", end)) return `A field holds a control character: ${lineAt(text, at)}.`;
    const name = text.slice(at, colon).toLowerCase();
    const value = trimmed(text, colon + 1, end);
    at = end + 2;
    fields.push([name, value]);
    if (!NOTED.has(name)) continue;
    // White space to some readers and none to others: RFC 9110 §5.6.3 allows it, attackers use it.
    if (FRAMING_FIELDS.has(name) && text.slice(colon, end).includes("\t")) return `Field ${name} holds a tab.`;
    if (isKey(once, name)) once[name] = [...once[name], value];
    else if (isKey(lists, name)) lists[name] += lists[name] === "" ? value.toLowerCase() : `,${value.toLowerCase()}`;
  }
  return {
    fields,
    hosts: once.host,
    lengths: once["content-length"],
    codings: once["transfer-encoding"],
    connection: lists.connection,
    expect: lists.expect,
    keepAlive: lists["keep-alive"],
  };
}

/** Whether a list of a field's values holds a token; both in lower case (RFC 9110 §5.6.1). */
export function hasToken(list: string, token: string): boolean {
  if (list === token) return true;
  return list.includes(token) && list.split(",").some((each) => each.trim() === token);
}

const COLON = 0x3a;
const NONE: readonly string[] = [];
const NOTED: ReadonlySet<string> = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "expect",
  "keep-alive",
]);

function isKey<Known extends object>(known: Known, name: string): name is string & keyof Known {
  return Object.hasOwn(known, name);
}

/** The text between two places without the white space around it, which is no part of a value. */
function trimmed(text: string, from: number, until: number): string {
  let start = from;
  let end = until;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** The beginning of a line, for a person. */
function lineAt(text: string, at: number): string {
  return JSON.stringify(text.slice(at, at + 80).split("\r\n", 1)[0]);
}
