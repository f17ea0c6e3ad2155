import type { Body, CallHead, Dispatch, Sink } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import { OneMessage } from "./one-message.js";
import { OneRequest } from "./one-request.js";
import { type Fault, faultOf } from "./status.js";
import { ValueWriter, type Writing } from "./value-writer.js";

const MAX_CALLS = 1000;

/** What one of the calls came to: its answer alone in a list, since a struct could be an answer too. */
type Result = readonly [unknown] | Fault;

interface Parts {
  readonly head: CallHead;
  readonly reply: Sink;
  readonly writing: Writing;
}

/** `system.multicall`: makes several calls, one after the other, and answers what each came to, an error in its place. */
export class Multicall extends OneRequest {
  readonly #dispatch: Dispatch;
  readonly #parts: Parts;
  readonly #heads: Map<string, CallHead> = new Map();
  #calls: readonly unknown[] = [];
  readonly #results: Result[] = [];
  /** The call that has not ended. */
  #open: Entry | undefined = undefined;
  #running = false;

  constructor(dispatch: Dispatch, parts: Parts) {
    super();
    this.#dispatch = dispatch;
    this.#parts = parts;
  }

  /** Takes what a call came to. */
  took(status: Status, body: Body): void {
    this.#open = undefined;
    this.#results.push(this.#result(status, body));
    this.#go();
  }

  protected override run(params: readonly unknown[]): void {
    const [calls] = params;
    if (params.length !== 1 || !Array.isArray(calls) || calls.length > MAX_CALLS) {
      const message = `Method system.multicall takes one array, of at most ${MAX_CALLS} structs { methodName, params }.`;
      this.#parts.reply.end(failure("invalid_argument", message));
      return;
    }
    this.#calls = calls;
    this.#go();
  }

  protected override canceled(status: Status): void {
    this.#calls = [];
    this.#open?.cancel(status);
  }

  /** Makes calls until one does not answer at once; a loop, since a thousand that do would be as many turns of the stack. */
  #go(): void {
    if (this.#running) return;
    this.#running = true;
    while (this.#open === undefined && this.#results.length < this.#calls.length)
      this.#make(this.#calls[this.#results.length]);
    this.#running = false;
    if (this.#open === undefined) this.#parts.reply.end(OK, this.#results);
  }

  #make(call: unknown): void {
    const wrong = complaint(call);
    const entry = new Entry(this);
    this.#open = entry;
    if (wrong !== undefined) {
      entry.end(failure("invalid_argument", wrong));
      return;
    }
    // complaint() has found nothing wrong, so it is this.
    const { methodName, params } = call as { readonly methodName: string; readonly params: readonly unknown[] };
    entry.call(this.#dispatch, this.#head(methodName), params);
  }

  #head(path: string): CallHead {
    const known = this.#heads.get(path);
    if (known !== undefined) return known;
    const head: CallHead = { ...this.#parts.head, path, out: undefined, memo: undefined };
    this.#heads.set(path, head);
    return head;
  }

  /** What cannot be written is this call's error, and not that of all. */
  #result(status: Status, body: Body): Result {
    if (status.code !== "ok") return faultOf(status);
    try {
      const { writing } = this.#parts;
      // It will stand within two arrays.
      new ValueWriter({ ...writing, maxDepth: writing.maxDepth - 2 }).value(body, "result");
      return [body];
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return faultOf(failure("internal", `The answer cannot be written as XML-RPC: ${reason}.`));
    }
  }
}

/** One of the calls. */
class Entry extends OneMessage {
  readonly #owner: Multicall;

  constructor(owner: Multicall) {
    super();
    this.#owner = owner;
  }

  protected override over(status: Status, body: Body): void {
    this.#owner.took(status, body);
  }
}

function complaint(call: unknown): string | undefined {
  const wanted = "A call of system.multicall is a struct of a string methodName and an array params.";
  if (typeof call !== "object" || call === null || !("methodName" in call) || !("params" in call)) return wanted;
  if (typeof call.methodName !== "string" || !Array.isArray(call.params)) return wanted;
  return call.methodName === "system.multicall" ? "Method system.multicall may not call itself." : undefined;
}
