import type { CallHead, Dispatch, Sink } from "../../call/sink.js";
import { DEAF } from "../../call/sink.js";
import type { Code } from "../../call/code.js";
import { failure, type Status } from "../../call/status.js";
import { CallRing } from "../call-ring.js";
import type { ClientSession, Outlet, SessionOptions } from "../wire.js";
import { ClientCall, type ClientCallOwner } from "./client-call.js";
import type { AnswerFrame, Id } from "./envelope.js";
import { FrameSession } from "./session.js";

/**
 * The calling end of a connection. Calls have ids; a server that does not echo them answers in the order of the requests,
 * so an answer without an id belongs to the oldest call. A call that was given up keeps its place until its answer has come.
 */
export class FrameClientSession extends FrameSession implements ClientSession, ClientCallOwner {
  override open: number = 0;
  readonly #calls: CallRing<ClientCall> = new CallRing();
  /** No call below this id is held. */
  #oldest = 1;
  /** Whether the server echoes ids; undefined until its first answer. */
  #echoes: boolean | undefined = undefined;
  #retired = false;
  readonly #peer: CallHead["peer"];

  constructor(outlet: Outlet, options: SessionOptions) {
    super(outlet, options.limits, options.byteOrder ?? "little");
    this.#peer = options.peer;
  }

  readonly dispatch: Dispatch = (head: CallHead, reply: Sink): Sink => {
    if (this.#retired) {
      reply.end(failure("unavailable", `Connection to ${this.#peer.address} is closing: call again for a new one.`));
      return DEAF;
    }
    const call = new ClientCall(this, this.#calls.free(), { head, reply });
    this.#calls.add(call);
    this.open += 1;
    return call;
  };

  put(call: ClientCall, json: string): boolean {
    return this.send(json, call.reply);
  }

  cancel(call: ClientCall, status: Status): void {
    this.open -= 1;
    this.unblock(call);
    // A server that knows no ids knows no cancelling either; one that was sent the deadline keeps it by itself.
    const knows = status.code === "deadline_exceeded" && call.request.timeoutMs !== undefined;
    // Where nothing was asked, nothing will be answered.
    if (!call.opened) this.#forget(call, false);
    else if (this.#echoes !== false && !knows) this.send(`{"id":${call.id},"cancel":true}`);
    this.outlet.wrote(0);
  }

  override finish(): void {
    super.finish();
    this.#retired = true;
    this.#failAll(failure("unavailable", `${this.#peer.address} closed the connection before it answered.`));
  }

  lost(status: Status): void {
    this.#retired = true;
    // Where it is this end that closes the connection, the server can still be told.
    if (this.#echoes !== false) {
      for (const call of this.#calls.all())
        if (call.opened && !call.ended) this.send(`{"id":${call.id},"cancel":true}`);
    }
    this.#failAll(status);
  }

  retire(): void {
    this.#retired = true;
  }

  protected override heard(frame: unknown): void {
    if (typeof frame !== "object" || frame === null) {
      this.fail("An answer is no JSON object.");
      return;
    }
    // Every property is looked at before it is relied on, or only passed on.
    const answer = frame as AnswerFrame;
    const call = this.#callOf(answer.id ?? undefined);
    if (call === undefined) return;
    const { ended } = call;
    const heard = ended && answer.more === true ? undefined : call.hear(answer);
    if (heard === "over") this.#forget(call, !ended);
    else if (heard === "full") this.block(call);
  }

  protected override bad(id: Id | undefined, code: Code, message: string): void {
    // An answer that is skipped costs its own call only, where it is known whose it is.
    const call = id === undefined && this.#echoes !== false ? undefined : this.#callOf(id);
    if (call === undefined || code !== "resource_exhausted") {
      this.fail(`The answer cannot be read: ${message}`);
      return;
    }
    this.#forget(call, !call.ended);
    call.fail(failure(code, message));
  }

  /** The call that an answer is for. */
  #callOf(id: Id | undefined): ClientCall | undefined {
    if (id !== undefined) {
      this.#echoes = true;
      if (typeof id !== "number") return undefined;
      return this.#calls.at(id);
    }
    // An error without an id, from a server that echoes them, is about a request that it could not read.
    this.#echoes ??= false;
    while (this.#oldest < this.#calls.next && this.#calls.at(this.#oldest) === undefined) this.#oldest += 1;
    return this.#calls.at(this.#oldest);
  }

  /** Frees a call's place. Whoever heard its end may have closed the session meanwhile, which has freed all places. */
  #forget(call: ClientCall, wasOpen: boolean): void {
    if (this.#calls.delete(call) && wasOpen) this.open -= 1;
  }

  #failAll(status: Status): void {
    const calls = this.#calls.all();
    this.#calls.clear();
    for (const call of calls) {
      call.fail(status);
      // What is still to come is for nobody, but the peer's goodbye is behind it.
      this.unblock(call);
    }
    this.open = 0;
  }
}
