import { type Fields, NO_FIELDS } from "../../call/fields.js";
import type { CallHead, Dispatch } from "../../call/sink.js";
import { type Compression, compressionOf } from "../compression.js";
import type { HttpAsk, HttpRequest } from "../http.js";
import type { MessageCodings, SessionOptions } from "../wire.js";
import { contentTypeOf, type Form } from "./codec.js";
import { metadataOf } from "./fields.js";
import { writeQuery } from "./query.js";
import { writeTimeout } from "./timeout.js";

/** A query that is longer than this is not sent: many servers take heads of 8 KiB. */
const LONGEST_QUERY = 6000;

/** What all calls of a connection share. */
export interface Shared {
  readonly ask: HttpAsk;
  readonly maxMessageBytes: number;
  readonly codings: MessageCodings;
  /** How this end compresses what it sends. */
  readonly compression: Compression | undefined;
  readonly useHttpGet: boolean;
  /** Makes a call again that the server has not looked at. */
  readonly again: Dispatch | undefined;
  /** What comes before the path of every call. */
  readonly prefix: string;
  /** Fields of every request, by the form of its messages. */
  readonly common: Readonly<Record<Form, Fields>>;
  /** The request of a call. */
  readonly asking: (head: CallHead, form: Form) => Asking;
}

/** What of a call's request is the same for all calls of its head. */
export interface Asking {
  readonly plain: HttpRequest;
  /** The same, with its message compressed. */
  readonly packed: HttpRequest;
}

/** Works out what the calls of a connection share. */
export function sharedOf(ask: HttpAsk, options: SessionOptions): Shared {
  const { http, limits, codings = {}, useHttpGet = false } = options;
  // What is called deflate is one thing or another, by whom one asks (RFC 9110 §8.4.1.2).
  const accepts = Object.keys(codings)
    .filter((name) => name !== "deflate")
    .join(", ");
  const always: Fields = [
    ["connect-protocol-version", "1"],
    ["user-agent", "connect-callwire"],
    ...(http?.fields ?? []),
  ];
  const shared = {
    ask,
    maxMessageBytes: limits.maxMessageBytes,
    codings,
    compression: compressionOf(options),
    useHttpGet,
    again: options.again,
    prefix: (http?.path ?? "").replace(/\/$/u, ""),
    common: {
      unary: accepts === "" ? always : [["accept-encoding", accepts], ...always],
      stream: accepts === "" ? always : [["connect-accept-encoding", accepts], ...always],
    },
  } satisfies Omit<Shared, "asking">;
  return { ...shared, asking: finder(shared) };
}

/** Makes what finds a call's request: one object for all calls of a head that brings nothing of its own, on each connection. */
function finder(shared: Omit<Shared, "asking">): Shared["asking"] {
  // Not the head's memo: calls over HTTP/1.1 are spread over many connections, each with requests of its own.
  const known = new WeakMap<CallHead, Asking>();
  let last: CallHead | undefined;
  let found: Asking | undefined;
  return (head, form) => {
    if (head === last && found !== undefined) return found;
    const isOwn = head.fields !== NO_FIELDS || head.timeoutMs !== undefined;
    if (isOwn) return made(head, form, shared);
    const kept = known.get(head) ?? made(head, form, shared);
    known.set(head, kept);
    last = head;
    return (found = kept);
  };
}

function made(head: CallHead, form: Form, { common, compression, prefix }: Omit<Shared, "asking">): Asking {
  const coding = compression === undefined ? [] : [[CONTENT_ENCODING[form], compression.name] as const];
  const request: HttpRequest = {
    method: "POST",
    path: prefix + pathOf(head.path),
    query: "",
    fields: [["content-type", contentTypeOf(form, head.codec)], ...fieldsOf(head, common[form])],
    memo: undefined,
  };
  const packed: HttpRequest = { ...request, fields: [...request.fields, ...coding] };
  // The coding of a stream's messages is named always; each says whether it is compressed.
  return { plain: form === "stream" ? packed : request, packed };
}

/** The request of a call that may be a GET, with its message in the query; undefined: it is too long for that. */
export function getRequest(head: CallHead, message: Uint8Array, shared: Shared): HttpRequest | undefined {
  const { compression, common, prefix } = shared;
  const chosen = compression !== undefined && message.length >= compression.minBytes ? compression : undefined;
  const query = writeQuery({
    encoding: head.codec,
    compression: chosen?.name,
    message: chosen === undefined ? message : chosen.coding.encode(message),
  });
  if (query.length > LONGEST_QUERY) return undefined;
  const fields = fieldsOf(head, common.unary).filter(([name]) => name !== "connect-protocol-version");
  return { method: "GET", path: prefix + pathOf(head.path), query, fields, memo: undefined };
}

const CONTENT_ENCODING: Readonly<Record<Form, string>> = {
  unary: "content-encoding",
  stream: "connect-content-encoding",
};

function fieldsOf({ fields, timeoutMs }: CallHead, common: Fields): Fields {
  const own = fields === NO_FIELDS ? common : [...common, ...metadataOf(fields)];
  if (timeoutMs === undefined || !Number.isFinite(timeoutMs)) return own;
  return [...own, ["connect-timeout-ms", writeTimeout(timeoutMs)]];
}

/** `/service/method`, of that or of `service.method`. */
function pathOf(path: string): string {
  const dot = path.includes("/") ? -1 : path.lastIndexOf(".");
  return dot < 0 ? `/${path}` : `/${path.slice(0, dot)}/${path.slice(dot + 1)}`;
}
