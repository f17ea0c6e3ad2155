import { failure, type Status } from "../call/status.js";
import type { HttpAsk } from "../wires/http.js";
import { FetchExchange, type FetchTarget } from "./fetch-exchange.js";

/** Requests by `fetch`, and their end. */
export interface FetchAsks {
  readonly ask: HttpAsk;
  /** Gives up what is open, and refuses what comes. */
  readonly close: () => void;
}

/**
 * The asking end over `fetch` (https://fetch.spec.whatwg.org): any number of exchanges side by side, on connections that the browser sees to.
 * An answer is heard as it arrives, and only as fast as it is read.
 */
export function fetchAsks(target: FetchTarget): FetchAsks {
  const open = new Set<FetchExchange>();
  let closed: Status | undefined;
  return {
    ask(request, heard, body) {
      const exchange = new FetchExchange({ target, open }, request, heard);
      if (closed !== undefined) exchange.lost(closed);
      else {
        open.add(exchange);
        if (body !== undefined || request.method === "GET") exchange.data(body ?? "", true);
      }
      return exchange;
    },
    close() {
      closed = failure("canceled", `The client of ${target.origin} was closed.`);
      for (const exchange of open) exchange.lost(closed);
    },
  };
}
