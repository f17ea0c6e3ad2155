import { type Fields, fieldOf } from "../../call/fields.js";
import type { CallHead } from "../../call/sink.js";
import type { Status } from "../../call/status.js";
import type { HttpRequest } from "../http.js";
import { carried } from "./http-fields.js";
import { timeoutOf } from "./timeout.js";

/** So many methods' heads are kept for their next call. */
const HEADS_KEPT = 256;

/** The encoding that a content type names; undefined: none. */
export function charsetOf(fields: Fields): string | undefined {
  const type = fieldOf(fields, "content-type");
  return type === undefined ? undefined : /;\s*charset\s*=\s*"?([^\s;"]+)/iu.exec(type)?.[1];
}

/** What a request's header fields say, worked out once for all requests with them; and the heads of the methods that they call. */
export class RequestHeads {
  readonly charset: string | undefined;
  /** What is wrong with the fields; every call with them gets it. */
  readonly problem: Status | undefined;
  readonly #timeoutMs: number | undefined;
  readonly #fields: Fields;
  readonly #peer: CallHead["peer"];
  readonly #heads: Map<string, CallHead> = new Map();

  constructor(request: HttpRequest, peer: CallHead["peer"]) {
    const timeout = timeoutOf(request.fields);
    this.problem = typeof timeout === "object" ? timeout : undefined;
    this.#timeoutMs = typeof timeout === "object" ? undefined : timeout;
    this.charset = charsetOf(request.fields);
    this.#fields = carried(request.fields);
    this.#peer = peer;
  }

  /** The head of a method's calls: what they have in common is looked up once a head. */
  head(path: string): CallHead {
    const known = this.#heads.get(path);
    if (known !== undefined) return known;
    const head: CallHead = {
      path,
      codec: "value",
      timeoutMs: this.#timeoutMs,
      fields: this.#fields,
      peer: this.#peer,
      positional: true,
      out: undefined,
      memo: undefined,
    };
    if (this.#heads.size < HEADS_KEPT) this.#heads.set(path, head);
    return head;
  }
}
