import { NO_FIELDS } from "../../call/fields.js";
import type { CallHead, Dispatch } from "../../call/sink.js";
import type { Code } from "../../call/code.js";
import { failure, OK, type Status } from "../../call/status.js";
import type { Outlet, SessionOptions } from "../wire.js";
import { Answer, type AnswerOwner } from "./answer.js";
import { complaint, type Id, isId, type RequestFrame } from "./envelope.js";
import { FrameHead } from "./frame-head.js";
import { fieldsOf } from "./headers.js";
import { FrameSession } from "./session.js";

/** So many methods' heads are kept for their next call. */
const HEADS_KEPT = 256;

/** The answering end of a connection. Answers with ids leave as they come; those without, in the order of their requests. */
export class FrameServerSession extends FrameSession implements AnswerOwner {
  override open: number = 0;
  readonly #dispatch: Dispatch;
  readonly #peer: CallHead["peer"];
  readonly #heads: Map<string, FrameHead> = new Map();
  readonly #named: Map<Id, Answer> = new Map();
  /** Calls without an id that have not answered, and answers that wait for them. */
  readonly #queue: Answer[] = [];
  /** A call that came while too many were open. */
  #next: RequestFrame | undefined = undefined;
  #retired = false;

  constructor(outlet: Outlet, dispatch: Dispatch, options: SessionOptions) {
    super(outlet, options.limits);
    this.#dispatch = dispatch;
    this.#peer = options.peer;
  }

  put(answer: Answer, json: string): boolean {
    return this.send(json, answer.request);
  }

  over(answer: Answer, json: string): void {
    this.open -= 1;
    if (answer.id !== undefined) {
      // A frame that was refused may have carried the id of an open call, which goes on.
      if (this.#named.get(answer.id) === answer) this.#named.delete(answer.id);
      this.send(json);
    } else if (this.#queue.length === 0) this.send(json);
    else {
      answer.held = json;
      this.#release();
    }
    this.unblock(answer);
    if (this.#next !== undefined) this.unblock(this);
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
      if (!answer.heardAll)
        this.#cut(answer, failure("canceled", "The caller closed the connection within the request."));
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
    this.#queue.length = 0;
  }

  protected override heard(frame: unknown): void {
    const wrong = complaint(frame);
    // complaint() has found nothing wrong, so this is a request frame.
    const request = frame as RequestFrame;
    if (wrong !== undefined) this.bad(idOf(request), "invalid_argument", wrong);
    else this.#take(request);
  }

  protected override bad(id: Id | undefined, code: Code, message: string): void {
    const answer = new Answer(this, id, new FrameHead("", this.#peer));
    this.#admit(answer);
    answer.end(failure(code, message));
  }

  protected override resuming(): boolean {
    const request = this.#next;
    this.#next = undefined;
    if (request !== undefined) this.#take(request);
    return super.resuming();
  }

  #take(request: RequestFrame): void {
    const id = request.id ?? undefined;
    const open = id === undefined || this.#named.size === 0 ? undefined : this.#named.get(id);
    if (open !== undefined) this.#continue(open, request);
    else if (request.in === undefined || request.cancel === true) this.#stray(request);
    else if (this.#retired)
      this.bad(id, "unavailable", "The server is shutting down: call another, or try again later.");
    else if (this.open < this.limits.maxConcurrentCalls) this.#begin(request, id);
    else {
      this.#next = request;
      this.block(this);
    }
  }

  /** A frame for no open call and with no method: late for a call that has ended, or wrong. */
  #stray(request: RequestFrame): void {
    const id = request.id ?? undefined;
    const late = id !== undefined && (request.more === true || request.done === true || request.cancel === true);
    if (!late)
      this.bad(
        id,
        "invalid_argument",
        'A request names its method in "in"; what belongs to an open call has its "id".',
      );
  }

  #begin(request: RequestFrame, id: Id | undefined): void {
    if (id === undefined && request.more === true) {
      this.bad(undefined, "invalid_argument", 'A stream needs an "id".');
      return;
    }
    const head = this.#head(request);
    if (head === undefined) {
      this.bad(id, "resource_exhausted", `Headers may have ${this.limits.maxHeaderBytes} bytes, and these have more.`);
      return;
    }
    const answer = new Answer(this, id, head);
    // A call that ends at once need not be remembered, unless it has to wait its turn.
    const queued = this.#admit(answer);
    answer.request = this.#dispatch(head, answer);
    this.#pass(answer, request);
    if (answer.ended) return;
    if (id !== undefined) this.#named.set(id, answer);
    else if (!queued) this.#queue.push(answer);
  }

  #continue(answer: Answer, request: RequestFrame): void {
    if (request.cancel === true) this.#cut(answer, failure("canceled", "The caller cancelled the call."));
    else if (!answer.heardAll) this.#pass(answer, request);
    else if (request.in !== undefined) {
      this.send(
        `{"out":"error","id":${JSON.stringify(answer.id)},"result":{"code":"invalid_argument","message":"A call with this id is open: use another."}}`,
      );
    }
  }

  /** Hands a message on, and the end of the request where this is it. */
  #pass(answer: Answer, { more, params }: RequestFrame): void {
    if (more !== true) {
      answer.heardAll = true;
      answer.request.end(OK, params);
    } else if (params !== undefined && !answer.request.message(params) && !answer.ended) this.block(answer);
  }

  /** Ends a call before its time; the caller is told all the same, since an answer is what frees an id. */
  #cut(answer: Answer, status: Status): void {
    const { request } = answer;
    answer.end(status);
    request.end(status);
  }

  /** Counts a call; true: it has no id and others are before it, so it has been queued. */
  #admit(answer: Answer): boolean {
    this.open += 1;
    const queued = answer.id === undefined && this.#queue.length > 0;
    if (queued) this.#queue.push(answer);
    return queued;
  }

  /** Sends what no earlier call holds up any more. */
  #release(): void {
    let count = 0;
    for (const { held } of this.#queue) {
      if (held === undefined) break;
      this.send(held);
      count += 1;
    }
    this.#queue.splice(0, count);
  }

  #all(): Answer[] {
    return [...this.#named.values(), ...this.#queue.filter((answer) => !answer.ended)];
  }

  /** The head of a call, kept where nothing but the method tells it from others; undefined: its headers are too large. */
  #head(request: RequestFrame): FrameHead | undefined {
    const path = request.in ?? "";
    if (request.headers === undefined && (request.timeout_ms ?? undefined) === undefined) {
      const known = this.#heads.get(path);
      if (known !== undefined) return known;
      const head = new FrameHead(path, this.#peer);
      if (this.#heads.size < HEADS_KEPT) this.#heads.set(path, head);
      return head;
    }
    const fields = request.headers === undefined ? NO_FIELDS : fieldsOf(request.headers);
    let bytes = 0;
    for (const [name, value] of fields) bytes += name.length + value.length;
    if (bytes > this.limits.maxHeaderBytes) return undefined;
    return new FrameHead(path, this.#peer, { timeoutMs: request.timeout_ms ?? undefined, fields });
  }
}

/** The id of a frame that is otherwise wrong, if there is a usable one. */
function idOf(frame: unknown): Id | undefined {
  if (typeof frame !== "object" || frame === null || !("id" in frame)) return undefined;
  return isId(frame.id) ? frame.id : undefined;
}
