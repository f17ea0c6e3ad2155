import { type Fields, fieldOf } from "../../call/fields.js";
import type { HttpAnswer } from "../http.js";
import { webTypeOf } from "./codec.js";
import { readTrailers } from "./trailers.js";

/** What the head of an answer says. */
export interface AnswerHead {
  /** The head as gRPC has it; that of no gRPC-Web as it is. */
  readonly grpc: HttpAnswer;
  /** The body is one of gRPC-Web, as bytes or as text. */
  readonly body: "bytes" | "text" | "foreign";
  /** How compressed frames are compressed. */
  readonly encoding: string | undefined;
}

/** What was read last of the answers on a connection: most are alike, and those are not read again. */
export class KnownAnswers {
  #head: HttpAnswer | undefined = undefined;
  #read: AnswerHead | undefined = undefined;
  #lines: Uint8Array = new Uint8Array(0);
  #trailers: Fields | undefined = [];

  /** Reads a head. Transports have one object for heads that are alike, where they can tell. */
  head(head: HttpAnswer): AnswerHead {
    if (head === this.#head && this.#read !== undefined) return this.#read;
    this.#head = head;
    return (this.#read = readHead(head));
  }

  /** Reads what a frame of trailers holds; undefined where those are none. */
  trailers(lines: Uint8Array): Fields | undefined {
    if (!areSame(lines, this.#lines)) {
      this.#lines = lines;
      this.#trailers = readTrailers(lines);
    }
    return this.#trailers;
  }
}

function readHead(head: HttpAnswer): AnswerHead {
  const type = webTypeOf(fieldOf(head.fields, "content-type") ?? "");
  const encoding = fieldOf(head.fields, "grpc-encoding");
  if (type === undefined) return { grpc: head, body: "foreign", encoding };
  const own = head.fields.filter(([name]) => name !== "content-type");
  const grpc: HttpAnswer = { status: head.status, fields: [["content-type", type.grpc], ...own] };
  return { grpc, body: type.text ? "text" : "bytes", encoding };
}

function areSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}
