import type { Body, Dispatch, Sink } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import type { Answer } from "./answer.js";
import type { Heads } from "./heads.js";
import { openRpcOf } from "./open-rpc.js";

/** Answers `rpc.discover` (OpenRPC 1.3, "Service Discovery Method") by a call of the server's own introspection, with the same dispatch. */
export function discover(
  answer: Answer,
  { dispatch, heads }: { readonly dispatch: Dispatch; readonly heads: Heads },
): void {
  const head = heads.of({ jsonrpc: "2.0", method: "callwire.Introspection/services", params: [] });
  if (head === undefined) return; // it has no fields that could be too large
  const reply = new DiscoverReply(answer);
  answer.request = dispatch(head, reply);
  answer.request.end(OK, []);
}

/** Hears what there is, and answers with the document. */
class DiscoverReply implements Sink {
  readonly #answer: Answer;
  #services: Body = undefined;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  head(): void {}

  message(body: Body): boolean {
    this.#services = body;
    return true;
  }

  end(status: Status, last?: Body): void {
    const services = last ?? this.#services;
    if (status.code !== "ok") this.#answer.end(status);
    else if (Array.isArray(services)) this.#answer.end(OK, openRpcOf(services));
    else this.#answer.end(failure("internal", "Introspection did not answer with a list of services."));
  }

  drain(): void {}
}
