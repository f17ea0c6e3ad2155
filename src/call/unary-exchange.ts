import type { CallOptions } from "../contract/call.js";
import type { Cancellation } from "./cancellation.js";
import { Exchange } from "./exchange.js";
import type { RemoteMethod } from "./remote.js";
import { errorOf } from "./rpc-error.js";
import type { Body, CallHead, Dispatch } from "./sink.js";
import { failure, type Status } from "./status.js";

let takenResolve: (value: unknown) => void;
let takenReject: (error: unknown) => void;

/** One executor for all promises, so that a call makes no closure of its own. */
const take = (resolve: (value: unknown) => void, reject: (error: unknown) => void): void => {
  takenResolve = resolve;
  takenReject = reject;
};

/** A call whose answer is one message. */
export class UnaryExchange extends Exchange {
  readonly #promise: Promise<unknown> = new Promise(take);
  readonly #resolve: (value: unknown) => void = takenResolve;
  readonly #reject: (error: unknown) => void = takenReject;
  #answer: unknown = undefined;
  #answered = false;
  #problem: Status | undefined = undefined;

  /** Makes the call; the promise is its answer, or an RpcError. */
  static start(
    dispatch: Dispatch,
    method: RemoteMethod,
    opening: { head: CallHead; input: unknown; options?: CallOptions | undefined; parent?: Cancellation | undefined },
  ): Promise<unknown> {
    const exchange = new UnaryExchange(method, opening.options);
    exchange.open(dispatch, opening);
    return exchange.#promise;
  }

  override message(body: Body): boolean {
    if (this.#answered) this.cancel(this.#miscounted("answered more than one message."));
    this.#answered = true;
    try {
      this.#answer = this.method.codec.readOutput(body);
    } catch (error) {
      this.#problem = failure("internal", `The answer of ${this.method.info.path} cannot be read: ${String(error)}`);
    }
    return true;
  }

  protected override settle(status: Status): void {
    const problem = status.code === "ok" ? this.#problem : status;
    if (problem !== undefined) this.#reject(this.failure ?? errorOf(problem));
    else if (this.#answered) this.#resolve(this.#answer);
    else this.#reject(errorOf(this.#miscounted("ended without an answer.")));
  }

  /** There is not one answer. gRPC and Connect have a code for it (https://grpc.io/docs/guides/status-codes/). */
  #miscounted(how: string): Status {
    const { head, info } = this.method;
    return failure(head.codec === "value" ? "internal" : "unimplemented", `${info.path} ${how}`);
  }
}
