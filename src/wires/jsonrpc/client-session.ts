import { type CallHead, DEAF, type Dispatch, type Sink } from "../../call/sink.js";
import { failure, type Status } from "../../call/status.js";
import { CallRing } from "../call-ring.js";
import type { ClientSession, Outlet, SessionOptions } from "../wire.js";
import { refusal } from "./answer.js";
import { ClientCall, type ClientCallOwner } from "./client-call.js";
import { type Answer, type Id, idOf } from "./envelope.js";
import type { Framing } from "./framing.js";
import { JsonRpcSession } from "./session.js";
import { errorStatus } from "./status.js";

/** The calling end of a connection. Answers are told apart by id, in whatever order they come. A call that was given up keeps its id until then. */
export class JsonRpcClientSession extends JsonRpcSession implements ClientSession, ClientCallOwner {
  override open: number = 0;
  readonly #calls: CallRing<ClientCall> = new CallRing();
  #retired = false;
  readonly #peer: CallHead["peer"];

  constructor(outlet: Outlet, { options, framing }: { readonly options: SessionOptions; readonly framing: Framing }) {
    super(outlet, options.limits, framing);
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
    // A server that was sent the deadline keeps it by itself.
    const knows = status.code === "deadline_exceeded" && call.request.timeoutMs !== undefined;
    // Where nothing was asked, nothing will be answered.
    if (!call.opened) this.#forget(call, false);
    else if (!knows) this.#sendCancel(call);
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
    for (const call of this.#calls.all()) if (call.opened && !call.ended) this.#sendCancel(call);
    this.#failAll(status);
  }

  retire(): void {
    this.#retired = true;
  }

  protected override heard(message: unknown): void {
    if (Array.isArray(message)) for (const each of message) this.#hear(each);
    else this.#hear(message);
  }

  protected override bad(id: Id, status: Status): void {
    // An answer that is skipped costs its own call only, where it is known whose it is.
    const call = this.#callOf(id);
    if (call === undefined || status.code !== "resource_exhausted") {
      this.fail(`The answer cannot be read: ${status.message}`);
      return;
    }
    this.#forget(call, !call.ended);
    call.fail(failure(status.code, status.message));
  }

  #hear(message: unknown): void {
    if (typeof message !== "object" || message === null) {
      this.fail("An answer is no JSON object.");
      return;
    }
    // Every member is looked at before it is relied on, or only passed on.
    const answer = message as Answer;
    if (typeof answer.method === "string") this.#asked(answer, answer.method);
    else {
      const call =
        answer.id === null && answer.error !== undefined ? this.#onlyCall(answer.error) : this.#callOf(answer.id);
      if (call === undefined) return;
      this.#forget(call, !call.ended);
      call.respond(answer);
      this.unblock(call);
    }
  }

  /** Takes what is no response: a message of a stream. What is not known is ignored, or refused where it has an id (JSON-RPC 2.0 §5.1). */
  #asked({ id, params }: Answer, method: string): void {
    if (id !== undefined) {
      const reason = `A client has no methods, and so not ${JSON.stringify(method)}.`;
      this.send(refusal(idOf({ id }), failure("unimplemented", reason)));
      return;
    }
    if (method !== "rpc.message" || typeof params !== "object" || params === null) return;
    const call = this.#callOf((params as { id?: unknown }).id); // whatever it is
    if (call !== undefined && !call.ended && !call.hear(params)) this.block(call);
  }

  /** The call that an error without an id is about, since it is the only one; else the connection is done for: which request was not read is not known. */
  #onlyCall(error: unknown): ClientCall | undefined {
    const calls = this.#calls.all();
    const call = calls.length === 1 ? calls[0] : undefined;
    if (call === undefined) this.fail(`The server could not read a request: ${errorStatus(error).message}`);
    return call;
  }

  #callOf(id: unknown): ClientCall | undefined {
    return typeof id === "number" ? this.#calls.at(id) : undefined;
  }

  #sendCancel(call: ClientCall): void {
    this.send(`{"jsonrpc":"2.0","method":"rpc.cancel","params":{"id":${call.id}}}`);
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
