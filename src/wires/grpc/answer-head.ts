import { type Fields, fieldOf } from "../../call/fields.js";
import type { Status } from "../../call/status.js";
import type { HttpAnswer } from "../http.js";
import type { MessageCoding, MessageCodings } from "../wire.js";
import { httpStatus } from "./status.js";

/** Fields of an answer that are the protocol's own, and no metadata. */
const OWN: ReadonlySet<string> = new Set([
  "content-type",
  "grpc-encoding",
  "grpc-accept-encoding",
  "grpc-status",
  "grpc-message",
  "grpc-status-details-bin",
]);

/** What the head of an answer says, worked out once for each distinct head. */
export interface AnswerHead {
  /** The answer is no gRPC, but a page for people, or nothing. */
  readonly problem: Status | undefined;
  /** How compressed messages are compressed. */
  readonly coding: MessageCoding | undefined;
  readonly metadata: Fields;
  /** It says how the call ended, too. */
  readonly isEnd: boolean;
  readonly codings: MessageCodings;
}

/** A content type of gRPC, in whatever encoding: alone, or before a `+` or a parameter. */
const GRPC = /^application\/grpc(?:\+[^;]*)?\s*(?:;|$)/iu;

const known: WeakMap<HttpAnswer, AnswerHead> = new WeakMap();

/** Reads the head of an answer, or finds what was read of it before. */
export function answerHead(answer: HttpAnswer, codings: MessageCodings): AnswerHead {
  const kept = known.get(answer);
  if (kept !== undefined && kept.codings === codings) return kept;
  const head = read(answer, codings);
  known.set(answer, head);
  return head;
}

function read({ status, fields }: HttpAnswer, codings: MessageCodings): AnswerHead {
  const type = fieldOf(fields, "content-type") ?? "";
  const encoding = fieldOf(fields, "grpc-encoding") ?? "";
  return {
    problem: GRPC.test(type) ? undefined : httpStatus(status, type === "" ? "" : ` with ${type}`),
    coding: Object.hasOwn(codings, encoding) ? codings[encoding] : undefined,
    metadata: fields.filter(([name]) => !OWN.has(name)),
    isEnd: fields.some(([name]) => name === "grpc-status"),
    codings,
  };
}
