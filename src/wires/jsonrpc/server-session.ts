import { NO_FIELDS } from "../../call/fields.js";
import type { Dispatch } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import type { Outlet, SessionOptions } from "../wire.js";
import { Answer, type AnswerOwner, refusal } from "./answer.js";
import { Batch, type BatchHost } from "./batch.js";
import { contentLength } from "./content-length.js";
import { CONTROLS } from "./controls.js";
import { complaint, type Id, idOf, type Request } from "./envelope.js";
import type { Framing } from "./framing.js";
import { Heads } from "./heads.js";
import { lines } from "./lines.js";
import { openCall, type OpenCallOptions } from "./open-call.js";
import { JsonRpcSession } from "./session.js";
import { protocolError } from "./status.js";

const STOPPING = "The server is shutting down: call another, or try again later.";

/** The answering end of a connection. Answers leave as they come. */
export class JsonRpcServerSession extends JsonRpcSession implements AnswerOwner, BatchHost {
  readonly single = undefined;
  override open: number = 0;
  /** By the first byte that is no blank it is known how messages are told apart. */
  #framed: boolean;
  readonly #parts: OpenCallOptions;
  /** Open calls by id, and those whose id is missing or in use. */
  readonly #named: Map<Id, Answer> = new Map();
  readonly #others: Set<Answer> = new Set();
  /** What came while too many calls were open. */
  #next: Request | Batch | undefined = undefined;
  #retired = false;

  /** Without a framing, messages are told apart by lines or by header parts, as the caller does. */
  constructor(
    outlet: Outlet,
    dispatch: Dispatch,
    { options, framing }: { options: SessionOptions; framing?: Framing },
  ) {
    super(outlet, options.limits, framing ?? lines);
    this.#framed = framing !== undefined;
    const { maxHeaderBytes } = options.limits;
    const heads = new Heads({ peer: options.peer, fields: NO_FIELDS, timeoutMs: undefined, maxHeaderBytes });
    this.#parts = { dispatch, heads, maxHeaderBytes };
  }

  get busy(): boolean {
    return this.open >= this.limits.maxConcurrentCalls;
  }

  get refusing(): string | undefined {
    return this.#retired ? STOPPING : undefined;
  }

  override receive(chunk: Uint8Array): void {
    if (!this.#framed) {
      const first = chunk.find((byte) => byte > 0x20);
      if (first === undefined) return;
      this.#framed = true;
      // The letter C of a header field's name begins no JSON.
      if (first === 0x43 || first === 0x63) this.reframe(contentLength);
    }
    super.receive(chunk);
  }

  put(answer: Answer, json: string): boolean {
    return this.send(json, answer.request);
  }

  over(answer: Answer, json: string | undefined): void {
    this.done(json);
    this.closed(answer);
  }

  closed(answer: Answer): void {
    this.open -= 1;
    const { id = null } = answer;
    if (this.#named.size > 0 && this.#named.get(id) === answer) this.#named.delete(id);
    else if (this.#others.size > 0) this.#others.delete(answer);
    this.unblock(answer);
    const next = this.#next;
    if (next === undefined) return;
    if (next instanceof Batch) this.#go(next);
    else this.unblock(this);
  }

  done(json: string | undefined): void {
    if (json !== undefined) this.send(json);
    // There is nothing to send, but the connection may be done.
    else this.outlet.wrote(0);
  }

  begin(request: Request, answer: Answer): void {
    this.open += 1;
    const full = openCall(request, answer, this.#parts);
    // A call that ends at once need not be remembered.
    if (answer.ended) return;
    const { id } = answer;
    if (id === undefined || id === null || this.#named.has(id)) this.#others.add(answer);
    else this.#named.set(id, answer);
    if (full) this.block(answer);
  }

  /** Takes what is said about an open call; for one that is over, or never was, it is late and means nothing. */
  control(request: Request): boolean {
    const { id, method, params } = request;
    if (id !== undefined || !CONTROLS.has(method)) return false;
    // An object or an array; members of other things are undefined.
    const about = (params ?? {}) as { readonly id?: unknown; readonly value?: unknown };
    const answer = typeof about.id === "string" || typeof about.id === "number" ? this.#named.get(about.id) : undefined;
    if (answer === undefined) return true;
    if (method === "rpc.message") this.#message(answer, about.value);
    else if (method !== "rpc.end") answer.stop(failure("canceled", "The caller cancelled the call."));
    else if (!answer.heardAll) {
      answer.heardAll = true;
      answer.request.end(OK);
    }
    return true;
  }

  retire(): void {
    this.#retired = true;
  }

  tick(elapsedMs: number): void {
    this.hurry(elapsedMs);
  }

  override finish(): void {
    super.finish();
    for (const answer of this.#all()) {
      if (!answer.heardAll && !answer.ended)
        answer.stop(failure("canceled", "The caller closed the connection within the request."));
    }
  }

  lost(status: Status): void {
    this.#retired = true;
    this.#next = undefined;
    for (const answer of this.#all()) {
      answer.ended = true;
      this.open -= 1;
      answer.request.end(status);
    }
    this.#named.clear();
    this.#others.clear();
  }

  protected override heard(message: unknown): void {
    if (Array.isArray(message)) this.#batch(message);
    else {
      const wrong = complaint(message);
      // complaint() has found nothing wrong, so this is a request.
      if (wrong === undefined) this.#take(message as Request);
      else this.bad(idOf(message), protocolError(-32600, wrong));
    }
  }

  protected override bad(id: Id, status: Status): void {
    this.send(refusal(id, status));
  }

  protected override resuming(): boolean {
    const next = this.#next;
    if (next !== undefined && !(next instanceof Batch)) {
      this.#next = undefined;
      this.#take(next);
    }
    return super.resuming();
  }

  #take(request: Request): void {
    if (this.control(request)) return;
    if (this.#retired) {
      if (request.id !== undefined) this.bad(request.id, failure("unavailable", STOPPING));
    } else if (this.busy) {
      this.#next = request;
      this.block(this);
    } else this.begin(request, new Answer(this, request));
  }

  #batch(entries: readonly unknown[]): void {
    const refused = Batch.refusalOf(entries);
    if (refused !== undefined) {
      this.send(refused);
      return;
    }
    const batch = new Batch(this, entries);
    batch.go();
    if (batch.begun) return;
    // The next is not read before this one has begun, so that there is one to remember.
    this.#next = batch;
    this.block(batch);
  }

  #go(batch: Batch): void {
    batch.go();
    if (!batch.begun || this.#next !== batch) return;
    this.#next = undefined;
    this.unblock(batch);
  }

  #message(answer: Answer, value: unknown): void {
    if (answer.heardAll || value === undefined) return;
    const body = answer.positional ? [value] : value;
    if (!answer.request.message(body) && !answer.ended) this.block(answer);
  }

  #all(): Answer[] {
    return [...this.#named.values(), ...this.#others];
  }
}
