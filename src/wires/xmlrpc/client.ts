import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { type CallHead, DEAF, type Dispatch, type Sink } from "../../call/sink.js";
import { failure } from "../../call/status.js";
import type { HttpAsk, HttpRequest } from "../http.js";
import type { SessionOptions } from "../wire.js";
import { ClientExchange } from "./client-exchange.js";
import { carried } from "./http-fields.js";
import { TIMEOUT, timeoutText } from "./timeout.js";
import type { Writing } from "./value-writer.js";

/** Makes calls over HTTP, each one message each way. A stream is refused before anything is sent. */
export function xmlRpcClient(ask: HttpAsk, options: SessionOptions): Dispatch {
  const { path, query } = placeOf(options.http?.path);
  const authority = options.http?.authority ?? options.peer.address;
  const asking = {
    ask,
    limits: options.limits,
    writing: {
      allowNil: options.xmlrpc?.allowNil ?? true,
      allowI8: options.xmlrpc?.allowI8 ?? true,
      maxDepth: options.limits.maxDepth,
    } satisfies Writing,
    url: authority + path,
  };
  const own: Fields = [["content-type", "text/xml"], ...(options.http?.fields ?? NO_FIELDS)];
  const plain: HttpRequest = { method: "POST", path, query, fields: withAgent(own) };
  return (head, reply) => {
    if (head.shape !== undefined && head.shape !== "unary") return refused(head, reply);
    const { fields, timeoutMs } = head;
    const request =
      fields.length === 0 && timeoutMs === undefined
        ? plain
        : { ...plain, fields: fieldsOf(own, head), memo: undefined };
    return new ClientExchange(asking, { head, reply, request });
  };
}

function refused({ path }: CallHead, reply: Sink): Sink {
  const message = `Method ${path} is a stream, and XML-RPC carries one message each way: call it over frame or jsonrpc+ws.`;
  reply.end(failure("unimplemented", message));
  return DEAF;
}

function placeOf(target: string = ""): { readonly path: string; readonly query: string } {
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  return { path: path === "" ? "/RPC2" : path, query: mark === -1 ? "" : target.slice(mark + 1) };
}

/** The fields of a request with header fields or a deadline of its own. */
function fieldsOf(own: Fields, { fields, timeoutMs }: CallHead): Fields {
  const all = [...own, ...carried(fields).filter(([name]) => name !== "host")];
  if (timeoutMs !== undefined && Number.isFinite(timeoutMs)) all.push([TIMEOUT, timeoutText(timeoutMs)]);
  return withAgent(all);
}

function withAgent(fields: Fields): Fields {
  return fields.some(([name]) => name === "user-agent") ? fields : [...fields, ["user-agent", "callwire"]];
}
