import { type Fields, fieldOf } from "../../call/fields.js";
import type { HttpAnswer, HttpRequest } from "../http.js";
import { webNameOf, webTypeOf } from "./codec.js";
import { writeTrailers } from "./trailers.js";

/** Fields that gRPC-Web adds to a request of gRPC, and no metadata. */
const OWN: ReadonlySet<string> = new Set(["x-grpc-web", "accept"]);

/**
 * What a request of gRPC-Web means, worked out once for each distinct head, and how its answers are written. Answers that come again are
 * the same objects again, by which transports know what they have written before.
 */
export class RequestPlan {
  /** The request as gRPC has it: the same object every time, so that gRPC finds what it worked out of it. */
  readonly request: HttpRequest;
  /** The request's body is text. */
  readonly textIn: boolean;
  /** The answer's is. */
  readonly textOut: boolean;
  /** What was written last: most answers of a head are alike. */
  #head: HttpAnswer | undefined = undefined;
  #webHead: HttpAnswer | undefined = undefined;
  #trailers: Fields | undefined = undefined;
  #frame: Uint8Array = new Uint8Array(0);

  constructor(request: HttpRequest) {
    const { method, path, query, fields } = request;
    const type = webTypeOf(fieldOf(fields, "content-type") ?? "");
    this.textIn = type?.text ?? false;
    this.textOut = acceptsText(fieldOf(fields, "accept") ?? "") ?? this.textIn;
    const own = fields.filter(([name]) => !OWN.has(name) && name !== "content-type");
    const grpc: Fields = [["content-type", type?.grpc ?? "application/grpc"], ...own];
    this.request = { method, path, query, fields: grpc, memo: undefined };
  }

  /** How an answer begins, as gRPC-Web has it. */
  answer(head: HttpAnswer): HttpAnswer {
    if (head === this.#head && this.#webHead !== undefined) return this.#webHead;
    const fields = head.fields.map(([name, value]): readonly [string, string] =>
      name === "content-type" ? [name, webNameOf(value, this.textOut)] : [name, value],
    );
    this.#head = head;
    return (this.#webHead = { status: head.status, fields });
  }

  /** The frame that ends an answer. */
  frame(trailers: Fields): Uint8Array {
    if (trailers !== this.#trailers) {
      this.#trailers = trailers;
      this.#frame = writeTrailers(trailers);
    }
    return this.#frame;
  }
}

/** The plan of a request, or the one that was made of it before. */
export function planOf(request: HttpRequest): RequestPlan {
  const { memo } = request;
  if (memo !== undefined && memo.owner === planOf) return memo.value as RequestPlan; // only this function owns such memos
  const value = new RequestPlan(request);
  request.memo = { owner: planOf, value };
  return value;
}

/** Whether the first form that `accept` names is text; undefined where it names none, and the answer is as the request. */
function acceptsText(accept: string): boolean | undefined {
  for (const entry of accept.split(",")) {
    const type = webTypeOf(entry);
    if (type !== undefined) return type.text;
  }
  return undefined;
}
