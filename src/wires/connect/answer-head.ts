import { type Fields, fieldOf, NO_FIELDS } from "../../call/fields.js";
import type { CallHead } from "../../call/sink.js";
import { failure, type Status } from "../../call/status.js";
import type { HttpAnswer } from "../http.js";
import type { MessageCoding, MessageCodings } from "../wire.js";
import { contentTypeOf, type Form, readContentType } from "./codec.js";
import { metadataOf, splitMetadata } from "./fields.js";
import { codeOfHttp } from "./status.js";

/** What the head of an answer says, worked out once for each distinct head. */
export interface AnswerHead {
  readonly form: Form;
  readonly codec: CallHead["codec"];
  readonly heads: Fields;
  readonly trailers: Fields;
  /** How the message is compressed, or compressed messages are. */
  readonly coding: MessageCoding | undefined;
  /** Why the answer is no message, or messages: what its body may say more of, where that is an Error. */
  readonly problem: Status | undefined;
  /** The body of a problem is JSON. */
  readonly isError: boolean;
}

const known: WeakMap<HttpAnswer, AnswerHead> = new WeakMap();

/** Reads the head of an answer to a call of a form and a codec, or finds what was read of it before. */
export function answerHead(
  answer: HttpAnswer,
  { form, codec }: Pick<AnswerHead, "form" | "codec">,
  codings: MessageCodings,
): AnswerHead {
  const kept = known.get(answer);
  if (kept !== undefined && kept.form === form && kept.codec === codec) return kept;
  const head = read(answer, { form, codec }, codings);
  known.set(answer, head);
  return head;
}

function read(
  { status, fields }: HttpAnswer,
  { form, codec }: Pick<AnswerHead, "form" | "codec">,
  codings: MessageCodings,
): AnswerHead {
  const type = fieldOf(fields, "content-type") ?? "";
  const encoding = fieldOf(fields, form === "unary" ? "content-encoding" : "connect-content-encoding") ?? "identity";
  const coding = Object.hasOwn(codings, encoding) ? codings[encoding] : undefined;
  const problem =
    status !== 200
      ? failure(codeOfHttp(status), `The server answered HTTP status ${status}${type === "" ? "" : ` with ${type}`}.`)
      : (wrongType(type, contentTypeOf(form, codec)) ?? wrongCoding(encoding, coding));
  const isUnary = form === "unary";
  const { heads, trailers } = isUnary ? splitMetadata(fields) : { heads: metadataOf(fields), trailers: NO_FIELDS };
  const isError = isUnary && status !== 200 && readContentType(type) === readContentType("application/json");
  return { form, codec, heads, trailers, coding, problem, isError };
}

/** What a content type other than the expected one means. */
function wrongType(type: string, expected: string): Status | undefined {
  if (readContentType(type) === readContentType(expected)) return undefined;
  // Who answers in the protocol, but in another codec, has got it wrong; of others nothing is known.
  const code = readContentType(type)?.form === readContentType(expected)?.form ? "internal" : "unknown";
  return failure(
    code,
    `The server answered with ${type === "" ? "no content type" : type}, where ${expected} was to come.`,
  );
}

function wrongCoding(encoding: string, coding: MessageCoding | undefined): Status | undefined {
  if (coding !== undefined || encoding === "identity" || encoding === "") return undefined;
  return failure(
    "internal",
    `The server answered in the encoding ${JSON.stringify(encoding)}, which was not asked for.`,
  );
}
