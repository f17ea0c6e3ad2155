import { type Fields, NO_FIELDS } from "../../call/fields.js";
import type { CallHead } from "../../call/sink.js";
import type { Request } from "./envelope.js";
import { fieldsIn } from "../../call/member-fields.js";

/** So many methods' heads are kept for their next call, of each kind of params. */
const KEPT = 256;

/** What all calls of a connection, or of a block of HTTP's fields, have in common. */
export interface HeadsOptions {
  readonly peer: CallHead["peer"];
  readonly fields: Fields;
  readonly timeoutMs: number | undefined;
  readonly maxHeaderBytes: number;
}

/** Makes the heads of calls; those that a method's name and its kind of params tell from others are kept, and what is worked out about them. */
export class Heads {
  readonly #options: HeadsOptions;
  readonly #plain: Map<string, CallHead> = new Map();
  readonly #positional: Map<string, CallHead> = new Map();
  readonly #named: Map<string, CallHead> = new Map();

  constructor(options: HeadsOptions) {
    this.#options = options;
  }

  /** The head of a request's call; undefined: its header fields are too large. */
  of(request: Request): CallHead | undefined {
    const { method, params } = request;
    const positional = Array.isArray(params);
    const kept = params === undefined ? this.#plain : positional ? this.#positional : this.#named;
    const own = request.headers !== undefined || request.timeout_ms !== undefined;
    const known = own ? undefined : kept.get(method);
    if (known !== undefined) return known;
    const fields = this.#fields(request);
    if (fields === undefined) return undefined;
    const head: CallHead = {
      path: pathOf(method),
      codec: "value",
      timeoutMs: request.timeout_ms ?? this.#options.timeoutMs,
      fields,
      peer: this.#options.peer,
      positional,
      named: params !== undefined && !positional,
      shape: undefined,
      waitForReady: undefined,
      out: undefined,
      memo: undefined,
    };
    if (!own && kept.size < KEPT) kept.set(method, head);
    return head;
  }

  #fields({ headers }: Request): Fields | undefined {
    if (headers === undefined) return this.#options.fields;
    const own = fieldsIn(headers) ?? NO_FIELDS;
    let bytes = 0;
    for (const [name, value] of own) bytes += name.length + value.length;
    if (bytes > this.#options.maxHeaderBytes) return undefined;
    return this.#options.fields === NO_FIELDS ? own : [...this.#options.fields, ...own];
  }
}

/** `demo.Greeter.hello` as all wires and messages write it: `demo.Greeter/hello`. */
function pathOf(method: string): string {
  const dot = method.includes("/") ? -1 : method.lastIndexOf(".");
  return dot < 0 ? method : `${method.slice(0, dot)}/${method.slice(dot + 1)}`;
}
