import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { type Body, type CallHead, DEAF, type Dispatch, type Sink } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";

/** Hears the answer of a call whose answer may be one message: that is all XML-RPC has room for. A second one ends the call with an error. */
export abstract class OneMessage implements Sink {
  /** The header fields of the answer. */
  protected fields: Fields = NO_FIELDS;
  #request: Sink = DEAF;
  #path = "";
  #only: Body = undefined;
  #ended = false;
  /** Why the call was ended from here. */
  #stopped: Status | undefined = undefined;

  /** Makes the call, with its one message. */
  call(dispatch: Dispatch, head: CallHead, message: Body): void {
    this.#path = head.path;
    const request = dispatch(head, this);
    if (this.#stopped !== undefined) request.end(this.#stopped);
    else {
      this.#request = request;
      request.end(OK, message);
    }
  }

  /** Nobody waits for the answer any more: the method hears why. */
  cancel(status: Status): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopped = status;
    this.#request.end(status);
  }

  head(fields: Fields): void {
    this.fields = fields;
  }

  message(body: Body): boolean {
    if (this.#ended) return true;
    if (this.#only === undefined) {
      this.#only = body;
      return true;
    }
    const status = failure(
      "unimplemented",
      `Method ${this.#path} answers with a stream, and XML-RPC carries one message each way: call it over frame or jsonrpc+ws.`,
    );
    this.cancel(status);
    this.over(status, undefined);
    return false;
  }

  end(status: Status, last?: Body): void {
    if (this.#ended || (last !== undefined && status.code === "ok" && !this.message(last))) return;
    this.#ended = true;
    this.over(status, this.#only ?? null);
  }

  drain(): void {}

  /** The call is over: with the message of its answer, null for none, or with an error. */
  protected abstract over(status: Status, body: Body): void;
}
