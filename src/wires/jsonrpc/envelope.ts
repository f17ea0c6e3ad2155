import { fieldsIn, type MemberFields } from "../../call/member-fields.js";

/** What a call is named by (JSON-RPC 2.0 §4), echoed as it came. */
export type Id = string | number | null;

/** A request, as `complaint` has passed it. Without an id it is a notification. */
export interface Request {
  readonly jsonrpc: "2.0";
  readonly method: string;
  readonly id?: Id;
  readonly params?: readonly unknown[] | Readonly<Record<string, unknown>>;
  /** Extensions, described in README.md: messages follow; the time left; header fields. */
  readonly more?: boolean;
  readonly timeout_ms?: number;
  readonly headers?: MemberFields;
}

/** Whatever a server sends, as parsed. All of it may be something else. */
export interface Answer {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
  readonly headers?: unknown;
  readonly trailers?: unknown;
}

/** Says what is wrong with a parsed request (JSON-RPC 2.0 §4); undefined: it is a Request. */
export function complaint(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return 'A request is an object such as {"jsonrpc": "2.0", "method": "add", "params": [2, 3], "id": 1}.';
  // Each member is looked at before it is relied on.
  const { jsonrpc, method, id, params, more, timeout_ms: timeout, headers } = value as Record<keyof Request, unknown>;
  if (jsonrpc !== "2.0") return '"jsonrpc" has to be "2.0".';
  if (typeof method !== "string") return '"method" is the method\'s name, a string.';
  if (id !== undefined && !isId(id)) return '"id" is a string, null or a number (up to 2⁵³ − 1).';
  if (params !== undefined && (typeof params !== "object" || params === null))
    return '"params" is an array of arguments, or an object of named ones.';
  if (more !== undefined && typeof more !== "boolean") return '"more" is true or false.';
  if (more === true && (id === undefined || id === null))
    return 'A request with "more" needs an "id" that is not null.';
  if (timeout !== undefined && !(typeof timeout === "number" && timeout >= 0))
    return '"timeout_ms" is a number of milliseconds, 0 or more.';
  if (headers !== undefined && fieldsIn(headers) === undefined)
    return '"headers" is an object of names with a string, or an array of strings, each.';
  return undefined;
}

/** The id of a request that is otherwise wrong; null where there is no usable one (JSON-RPC 2.0 §5). */
export function idOf(value: unknown): Id {
  return typeof value === "object" && value !== null && "id" in value && isId(value.id) ? value.id : null;
}

/** The id of a message that was not parsed, where it stands right behind `jsonrpc`; undefined: it does not, or may have been changed by parsing. */
export function idShown(shown: string): Id | undefined {
  const text =
    /^\s*\{\s*"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*(-?(?:0|[1-9]\d{0,14})|"[ !#-[\]-~]{0,100}")\s*[,}]/u.exec(
      shown,
    )?.[1];
  // The pattern lets through a number, or a string without escapes.
  return text === undefined ? undefined : (JSON.parse(text) as Id);
}

/** Whether an id can be echoed exactly: other numbers may have lost digits in parsing. */
function isId(id: unknown): id is Id {
  if (typeof id === "string" || id === null) return true;
  if (typeof id !== "number" || Math.abs(id) > Number.MAX_SAFE_INTEGER) return false;
  // Of a fraction, 15 digits survive.
  return Number.isInteger(id) || Number(id.toPrecision(15)) === id;
}
