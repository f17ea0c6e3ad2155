import type { Fields } from "../../call/fields.js";
import type { CallHead } from "../../call/sink.js";
import { accepts, type Compression } from "../compression.js";
import type { HttpAnswer, HttpRequest } from "../http.js";
import { codecOf } from "./codec.js";
import { readTimeout } from "./timeout.js";

/** Fields of a request that are the protocol's own, and no metadata. */
const OWN: ReadonlySet<string> = new Set([
  "te",
  "content-type",
  "grpc-timeout",
  "grpc-encoding",
  "grpc-accept-encoding",
]);

/** What a request's head says, worked out once for each distinct head. */
export interface RequestHead {
  readonly call: CallHead;
  /** How compressed messages are compressed; undefined: none may be. */
  readonly encoding: string | undefined;
  /** How answers are compressed: what this server does, where the caller reads it. */
  readonly compression: Compression | undefined;
  /** How each answer begins. */
  readonly answer: HttpAnswer;
  /** The timeout is none. */
  readonly badTimeout: boolean;
}

/** What one connection reads heads by. */
export interface HeadRules {
  readonly peer: CallHead["peer"];
  readonly compression: Compression | undefined;
}

/** Reads a request's head, or finds what was read of it before. */
export function requestHead(request: HttpRequest, rules: HeadRules): RequestHead {
  const { memo } = request;
  if (memo !== undefined && memo.owner === requestHead) return memo.value as RequestHead; // only this function owns such memos
  const value = read(request, rules);
  request.memo = { owner: requestHead, value };
  return value;
}

function read({ path, fields }: HttpRequest, { peer, compression }: HeadRules): RequestHead {
  const contentType = field(fields, "content-type") ?? "application/grpc";
  const timeout = field(fields, "grpc-timeout");
  const timeoutMs = timeout === undefined ? undefined : readTimeout(timeout);
  const encoding = field(fields, "grpc-encoding");
  const readable = field(fields, "grpc-accept-encoding") ?? "";
  const spoken = compression !== undefined && accepts(readable, compression.name) ? compression : undefined;
  return {
    call: {
      path: path.slice(1),
      codec: codecOf(contentType),
      timeoutMs,
      fields: fields.filter(([name]) => !OWN.has(name)),
      peer,
      positional: false,
      out: undefined,
      memo: undefined,
    },
    encoding: encoding === "identity" ? undefined : encoding,
    compression: spoken,
    answer: {
      status: 200,
      fields: [
        ["content-type", contentType],
        ...(spoken === undefined ? [] : [["grpc-encoding", spoken.name] as const]),
      ],
    },
    badTimeout: timeout !== undefined && timeoutMs === undefined,
  };
}

function field(fields: Fields, name: string): string | undefined {
  return fields.find(([each]) => each === name)?.[1];
}
