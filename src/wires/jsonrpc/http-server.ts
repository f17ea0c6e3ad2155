import { fieldOf } from "../../call/fields.js";
import type { Dispatch } from "../../call/sink.js";
import type { HttpRequest, HttpServe } from "../http.js";
import type { SessionOptions } from "../wire.js";
import { Heads } from "./heads.js";
import { HttpExchange, type HttpExchangeOptions } from "./http-exchange.js";

/** Answers the requests of a connection over HTTP. What calls of one block of fields have in common is kept with it. */
export function httpServer(dispatch: Dispatch, options: SessionOptions): HttpServe {
  const owner = {};
  return (request, out) => {
    const { memo } = request;
    // Only this function writes memos with this owner.
    const known = memo !== undefined && memo.owner === owner ? (memo.value as HttpExchangeOptions) : undefined;
    return new HttpExchange(out, known ?? prepared(request, { dispatch, options, owner }));
  };
}

/** Works out what a block of fields says of calls. */
function prepared(
  request: HttpRequest,
  { dispatch, options, owner }: { dispatch: Dispatch; options: SessionOptions; owner: object },
): HttpExchangeOptions {
  const { limits, peer } = options;
  const { maxHeaderBytes } = limits;
  const { fields } = request;
  const heads = new Heads({
    peer,
    fields,
    timeoutMs: timeoutIn(fieldOf(fields, "callwire-timeout-ms")),
    maxHeaderBytes,
  });
  const notifiedOk = request.query.split("&").includes("notify=200");
  const value: HttpExchangeOptions = { limits, notifiedOk, parts: { dispatch, heads, maxHeaderBytes } };
  request.memo = { owner, value };
  return value;
}

/** Milliseconds in decimal digits; anything else sets no limit. */
function timeoutIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/u.test(text) ? Number(text) : undefined;
}
