import { type Fields, NO_FIELDS } from "../../call/fields.js";
import type { CallHead, Sink } from "../../call/sink.js";
import type { Compression } from "../compression.js";
import type { HttpAsk, HttpRequest } from "../http.js";
import type { Refused } from "../second-try.js";
import type { MessageCodings, SessionOptions } from "../wire.js";
import { answerHead } from "./answer-head.js";
import { contentTypeOf, type Form } from "./codec.js";
import { metadataOf } from "./fields.js";
import { writeTimeout } from "./timeout.js";

/** What a client may do beside the rest; a page loads of it what it uses. */
export interface Extras {
  /** How answers may be compressed, as a field lists it. */
  readonly accepts?: string | undefined;
  /** How this end compresses what it sends. */
  readonly compression?: Compression | undefined;
  /** Keeps what was worked out from heads, for the calls that say the same; undefined where a request costs so much that it does not matter. */
  readonly remember?: (<T>(make: (head: CallHead) => T) => (head: CallHead) => T) | undefined;
  /** Makes a call again that the server has not looked at; undefined where it is not to be. */
  readonly again?: ((call: Refused) => Sink | undefined) | undefined;
  /** The request, by GET, of a call without side effects; undefined where it has to be a POST. */
  readonly get?: ((head: CallHead, message: Uint8Array, shared: Shared) => HttpRequest | undefined) | undefined;
}

/** What all calls of a connection share. */
export interface Shared extends Extras {
  readonly ask: HttpAsk;
  readonly maxMessageBytes: number;
  readonly codings: MessageCodings;
  /** What comes before the path of every call. */
  readonly prefix: string;
  /** Fields of every request, by the form of its messages. */
  readonly common: Readonly<Record<Form, Fields>>;
  /** The request of a call. */
  readonly asking: (head: CallHead, form: Form) => Asking;
  /** Reads the head of an answer. Told, since what is imported by two parts that a page loads apart is a file more for it. */
  readonly readHead: typeof answerHead;
}

/** What of a call's request is the same for all calls of its head. */
export interface Asking {
  readonly plain: HttpRequest;
  /** The same, with its message compressed. */
  readonly packed: HttpRequest;
}

/** What requests are made of. */
type Bare = Omit<Shared, "asking" | "readHead">;

/** Works out what the calls of a connection share. */
export function sharedOf(ask: HttpAsk, options: SessionOptions, extras: Extras = {}): Shared {
  const { http, limits, codings = {} } = options;
  const { accepts } = extras;
  const always: Fields = [
    ["connect-protocol-version", "1"],
    ["user-agent", "connect-callwire"],
    ...(http?.fields ?? []),
  ];
  const shared = {
    ...extras,
    ask,
    codings,
    maxMessageBytes: limits.maxMessageBytes,
    prefix: (http?.path ?? "").replace(/\/$/u, ""),
    common: {
      unary: accepts === undefined ? always : [["accept-encoding", accepts], ...always],
      stream: accepts === undefined ? always : [["connect-accept-encoding", accepts], ...always],
    },
  } satisfies Bare;
  return { ...shared, asking: finder(shared), readHead: answerHead };
}

/** Makes what finds a call's request. A call whose messages travel alone has a form of its own. */
function finder(shared: Bare): Shared["asking"] {
  const { remember = (make) => make } = shared;
  const asking = {
    unary: remember((head) => made(head, "unary", shared)),
    stream: remember((head) => made(head, "stream", shared)),
  };
  return (head, form) => asking[form](head);
}

function made(head: CallHead, form: Form, { common, compression, prefix }: Bare): Asking {
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
