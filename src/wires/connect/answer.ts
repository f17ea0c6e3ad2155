import type { Fields } from "../../call/fields.js";
import type { Status } from "../../call/status.js";
import type { HttpAnswer, HttpOut } from "../http.js";
import { metadataOf, prefixedTrailers } from "./fields.js";
import { errorValue } from "./error-value.js";
import { httpStatusOf } from "./status.js";

const JSON_TYPE = ["content-type", "application/json"] as const;
/** How errors without fields of their own begin: one object each, for which transports keep what they write. */
const HEADS: Map<number, HttpAnswer> = new Map();

/** What goes with an error. */
export interface ErrorParts {
  /** The HTTP status, where it is not the one of the code. */
  readonly http?: number | undefined;
  /** Fields of the answer, those of the protocol too. */
  readonly fields: Fields;
}

/** Answers with an Error as the whole body (https://connectrpc.com/docs/protocol#unary-response); trailers go as fields. */
export function respondError(out: HttpOut, status: Status, { http = httpStatusOf(status), fields }: ErrorParts): void {
  const more = [...fields, ...prefixedTrailers(metadataOf(status.trailers))];
  const head = more.length === 0 ? plainHead(http) : { status: http, fields: [JSON_TYPE, ...more] };
  out.respond(head, JSON.stringify(errorValue(status)));
}

function plainHead(status: number): HttpAnswer {
  let head = HEADS.get(status);
  if (head === undefined) HEADS.set(status, (head = { status, fields: [JSON_TYPE] }));
  return head;
}
