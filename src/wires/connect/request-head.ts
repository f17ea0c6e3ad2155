import { type Fields, fieldOf } from "../../call/fields.js";
import type { CallHead } from "../../call/sink.js";
import { failure, type Status } from "../../call/status.js";
import { accepts, type Compression } from "../compression.js";
import type { HttpAnswer, HttpRequest } from "../http.js";
import type { MessageCoding, MessageCodings } from "../wire.js";
import { type CodecName, contentTypeOf, type Form, readContentType } from "./codec.js";
import { metadataOf } from "./fields.js";
import { readQuery } from "./query.js";
import { readTimeout } from "./timeout.js";

/** What one connection reads heads by. */
export interface HeadRules {
  readonly peer: CallHead["peer"];
  readonly codings: MessageCodings;
  /** How this server compresses, where the caller reads it. */
  readonly compression: Compression | undefined;
}

/** What a request's head says, worked out once for each distinct head. */
export interface RequestHead {
  readonly form: Form;
  readonly call: CallHead;
  /** How the request's message is compressed, or its compressed messages are; undefined: not at all. */
  readonly coding: MessageCoding | undefined;
  readonly compression: Compression | undefined;
  /** How each answer begins. */
  readonly answer: HttpAnswer;
  /** The message of a GET. */
  readonly message: Uint8Array | undefined;
  /** Why the call is refused before it is made. */
  readonly refusal: Refusal | undefined;
}

/** An answer in place of a call's. */
export interface Refusal {
  readonly status: Status;
  /** The HTTP status, where it is not the one of the code. */
  readonly http?: number;
  readonly fields?: Fields;
}

/** Reads a request's head, or finds what was read of it before. */
export function requestHead(request: HttpRequest, rules: HeadRules): RequestHead {
  const { memo } = request;
  if (memo !== undefined && memo.owner === requestHead) return memo.value as RequestHead; // only this function owns such memos
  const value = request.method === "POST" ? readPost(request, rules) : readGet(request, rules);
  request.memo = { owner: requestHead, value };
  return value;
}

function readPost({ path, fields }: HttpRequest, rules: HeadRules): RequestHead {
  // Requests of other types do not come here.
  const { form, codec } = readContentType(fieldOf(fields, "content-type") ?? "") ?? { form: "unary", codec: "json" };
  const names = CODING_FIELDS[form];
  const encoding = named(fieldOf(fields, names.content));
  const version = fieldOf(fields, "connect-protocol-version");
  const refusal =
    version === undefined || version === "1"
      ? badTimeout(fields)
      : refused(`The field connect-protocol-version is ${JSON.stringify(version)}: this server speaks 1.`);
  return made({ path, fields, form, codec, encoding, refusal }, rules);
}

function readGet({ path, query, fields }: HttpRequest, rules: HeadRules): RequestHead {
  const { version, encoding, compression, message } = readQuery(query);
  const codec = encoding === "proto" || encoding === "json" ? encoding : undefined;
  const refusal = wrongQuery(path, query) ?? badTimeout(fields);
  const head = made({ path, fields, form: "unary", codec: codec ?? "json", encoding: compression, refusal }, rules);
  return {
    ...head,
    call: { ...head.call, safe: true },
    answer: rules.compression === undefined ? head.answer : varying(head.answer),
    message: typeof message === "string" ? NONE : message,
  };

  /** Why a query is none of a call. */
  function wrongQuery(at: string, whole: string): Refusal | undefined {
    if (version === undefined && encoding === undefined && message === "missing") {
      const said = `GET ${at}${whole === "" ? "" : `?${whole}`} is no call: write ?connect=v1&encoding=json&message=`;
      const status = failure("unimplemented", `${said} and the message, percent-encoded, or POST it.`);
      return { status, http: 405, fields: [["allow", "GET, POST"]] };
    }
    if (version !== undefined && version !== "v1")
      return refused(`The parameter connect is ${JSON.stringify(version)}: this server speaks v1.`);
    if (encoding === undefined) return refused("The parameter encoding is missing: write encoding=json, or proto.");
    if (codec === undefined) {
      const status = failure("unimplemented", `The encoding ${JSON.stringify(encoding)} is none of json and proto.`);
      return { status, http: 415 };
    }
    if (message === "missing") return refused("The parameter message is missing: write the message into it.");
    return message === "broken" ? refused("The parameter message is no base64, and base64=1 says so.") : undefined;
  }
}

/** What is known of a request. */
interface Parts {
  readonly path: string;
  readonly fields: Fields;
  readonly form: Form;
  readonly codec: CodecName;
  readonly encoding: string | undefined;
  readonly refusal: Refusal | undefined;
}

function made({ path, fields, form, codec, encoding, refusal }: Parts, rules: HeadRules): RequestHead {
  const { peer, codings } = rules;
  const names = CODING_FIELDS[form];
  const timeout = fieldOf(fields, "connect-timeout-ms");
  const coding = encoding !== undefined && Object.hasOwn(codings, encoding) ? codings[encoding] : undefined;
  // Who says nothing of what it reads, reads what it writes.
  const readable = fieldOf(fields, names.accept) ?? encoding ?? "";
  const spoken = rules.compression !== undefined && accepts(readable, rules.compression.name);
  const compression = spoken ? rules.compression : undefined;
  const packs = form === "stream" && compression !== undefined ? [[names.content, compression.name] as const] : [];
  return {
    form,
    call: {
      path: path.slice(1),
      codec,
      timeoutMs: timeout === undefined ? undefined : readTimeout(timeout),
      fields: metadataOf(fields),
      peer,
      positional: false,
      form,
      safe: undefined,
      out: undefined,
      memo: undefined,
    },
    coding,
    compression,
    answer: { status: 200, fields: [["content-type", contentTypeOf(form, codec)], ...packs] },
    message: undefined,
    refusal:
      refusal ?? (encoding !== undefined && coding === undefined ? unknownCoding(encoding, form, codings) : undefined),
  };
}

/** The fields that say how messages are compressed, and may be. */
const CODING_FIELDS: Readonly<Record<Form, { readonly content: string; readonly accept: string }>> = {
  unary: { content: "content-encoding", accept: "accept-encoding" },
  stream: { content: "connect-content-encoding", accept: "connect-accept-encoding" },
};
const NONE = new Uint8Array(0);

function named(encoding: string | undefined): string | undefined {
  return encoding === "identity" || encoding === "" ? undefined : encoding;
}

function refused(message: string): Refusal {
  return { status: failure("invalid_argument", message) };
}

function badTimeout(fields: Fields): Refusal | undefined {
  const text = fieldOf(fields, "connect-timeout-ms");
  if (text === undefined || readTimeout(text) !== undefined) return undefined;
  return refused(`The field connect-timeout-ms is ${JSON.stringify(text)}: write up to ten digits.`);
}

function unknownCoding(encoding: string, form: Form, codings: MessageCodings): Refusal {
  const there = Object.keys(codings).join(", ");
  const message = `The encoding ${JSON.stringify(encoding)} is not read here: use identity${there === "" ? "" : `, ${there}`}.`;
  return { status: failure("unimplemented", message), fields: [[CODING_FIELDS[form].accept, there]] };
}

/** An answer that caches are to keep apart by what the caller reads. */
function varying({ status, fields }: HttpAnswer): HttpAnswer {
  return { status, fields: [...fields, ["vary", "accept-encoding"]] };
}
