import type { CallOptions } from "../contract/call.js";
import type { Cancellation } from "./cancellation.js";
import { Exchange } from "./exchange.js";
import { Inbox, type InboxOwner } from "./inbox.js";
import type { RemoteMethod } from "./remote.js";
import { errorOf, type RpcError } from "./rpc-error.js";
import type { Body, CallHead, Dispatch } from "./sink.js";
import { failure, type Status } from "./status.js";

/** A call whose answer is a stream. */
export class StreamExchange extends Exchange implements InboxOwner {
  readonly #inbox: Inbox<unknown> = new Inbox(this);
  /** The end came from the server, after its messages. */
  #heardEnd = false;

  /** Makes the call at once, read or not. The messages come one by one; leaving the loop early cancels the call. */
  static start(
    dispatch: Dispatch,
    method: RemoteMethod,
    opening: { head: CallHead; input: unknown; options?: CallOptions | undefined; parent?: Cancellation | undefined },
  ): AsyncIterableIterator<unknown> {
    const exchange = new StreamExchange(method, opening.options);
    exchange.open(dispatch, opening);
    return exchange.#inbox;
  }

  override message(body: Body): boolean {
    try {
      return this.#inbox.push(this.method.codec.readOutput(body));
    } catch (error) {
      this.cancel(failure("internal", `An answer of ${this.method.info.path} cannot be read: ${String(error)}`));
      return true;
    }
  }

  override end(status: Status, last?: Body): void {
    this.#heardEnd = true;
    super.end(status, last);
  }

  roomy(): void {
    this.resume();
  }

  abandoned(): void {
    this.cancel(failure("canceled", `The reader of ${this.method.info.path} stopped before the end.`));
  }

  dropped(): RpcError | undefined {
    const why = this.unwanted();
    return why === undefined ? undefined : errorOf(why);
  }

  protected override settle(status: Status): void {
    if (status.code === "ok") this.#inbox.end();
    // What the caller's own input threw comes back as it is, whatever it was.
    else this.#inbox.end((this.failure as RpcError | undefined) ?? errorOf(status), this.#heardEnd);
  }
}
