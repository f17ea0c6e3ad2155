import { failure, type Status } from "../call/status.js";
import type { HttpAsk, HttpIn, HttpOut, HttpRequest } from "../wires/http.js";
import { FetchExchange, type FetchOwner, type FetchTarget } from "./fetch-exchange.js";

/**
 * The asking end over `fetch` (https://fetch.spec.whatwg.org): any number of exchanges side by side, on connections that the browser sees to.
 * An answer is heard as it arrives, and only as fast as it is read.
 */
export class FetchAsks implements FetchOwner {
  readonly target: FetchTarget;
  readonly #open: Set<FetchExchange> = new Set();
  #closed: Status | undefined = undefined;

  constructor(target: FetchTarget) {
    this.target = target;
  }

  readonly ask: HttpAsk = (request: HttpRequest, heard: HttpIn, body?: string | Uint8Array): HttpOut => {
    const exchange = new FetchExchange(this, request, heard);
    if (this.#closed === undefined) {
      this.#open.add(exchange);
      if (body !== undefined || request.method === "GET") exchange.data(body ?? "", true);
    } else exchange.lost(this.#closed);
    return exchange;
  };

  /** An exchange has ended. */
  over(exchange: FetchExchange): void {
    this.#open.delete(exchange);
  }

  /** Gives up what is open, and refuses what comes. */
  close(): void {
    this.#closed = failure("canceled", `The client of ${this.target.origin} was closed.`);
    for (const exchange of this.#open) exchange.lost(this.#closed);
  }
}
