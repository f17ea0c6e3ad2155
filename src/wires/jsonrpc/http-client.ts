import type { Fields } from "../../call/fields.js";
import { type CallHead, DEAF, type Dispatch } from "../../call/sink.js";
import { failure } from "../../call/status.js";
import type { HttpAsk, HttpRequest } from "../http.js";
import type { SessionOptions } from "../wire.js";
import { HttpCall } from "./http-call.js";

/** What calls of one head have in common. */
interface Prepared {
  readonly request: HttpRequest;
  /** How the body begins, up to the method's name. */
  readonly opening: string;
}

/** Fields that are set here, or by the transport. */
const NOT_PASSED: ReadonlySet<string> = new Set(
  (
    "host accept content-type content-length content-encoding transfer-encoding connection keep-alive te trailer upgrade " +
    "callwire-timeout-ms"
  ).split(" "),
);

/** Makes calls over HTTP, each one a POST. Streams do not go this way. */
export function httpClient(ask: HttpAsk, options: SessionOptions): Dispatch {
  // The same for all connections of a client, over which the calls of one head are spread.
  const owner = options.http ?? {};
  return (head, reply) => {
    if (head.shape !== undefined && head.shape !== "unary") {
      const reason = `${head.path} is a stream, which JSON-RPC over HTTP cannot carry: use jsonrpc+ws or jsonrpc+tcp.`;
      reply.end(failure("unimplemented", reason));
      return DEAF;
    }
    // Only this function writes memos with this owner.
    const known = head.memo !== undefined && head.memo.owner === owner ? (head.memo.value as Prepared) : undefined;
    const { request, opening } = known ?? prepared(head, options, owner);
    return new HttpCall(ask, { head, reply, request, opening, maxMessageBytes: options.limits.maxMessageBytes });
  };
}

function prepared(head: CallHead, { http }: SessionOptions, owner: object): Prepared {
  const [path = "", query = ""] = (http?.path ?? "").split(/\?(.*)/su, 2);
  const fields: Fields = [
    ["content-type", "application/json"],
    ["accept", "application/json"],
    ...(http?.fields ?? []),
    ...head.fields.filter(([name]) => !NOT_PASSED.has(name)),
    ...(head.timeoutMs !== undefined && Number.isFinite(head.timeoutMs)
      ? [["callwire-timeout-ms", String(Math.ceil(head.timeoutMs))] as const]
      : []),
  ];
  const request: HttpRequest = { method: "POST", path: path === "" ? "/" : path, query, fields, memo: undefined };
  const opening = `{"jsonrpc":"2.0","id":1,"method":${JSON.stringify(head.path.replaceAll("/", "."))}`;
  head.memo = { owner, value: { request, opening } };
  return { request, opening };
}
