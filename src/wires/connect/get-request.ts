import type { CallHead } from "../../call/sink.js";
import type { HttpRequest } from "../http.js";
import { writeQuery } from "./query.js";
import type { Shared } from "./request.js";

/** A query that is longer than this is not sent: many servers take heads of 8 KiB. */
const LONGEST_QUERY = 6000;
/** What a POST says, and a query says in its place. */
const OF_POSTS: readonly string[] = ["content-type", "connect-protocol-version"];

/**
 * The request of a call that may be a GET, with its message in the query; undefined: it is too long for that
 * (https://connectrpc.com/docs/protocol#unary-get-request).
 */
export function getRequest(head: CallHead, message: Uint8Array, shared: Shared): HttpRequest | undefined {
  const { compression } = shared;
  const chosen = compression !== undefined && message.length >= compression.minBytes ? compression : undefined;
  const query = writeQuery({
    encoding: head.codec,
    compression: chosen?.name,
    message: chosen === undefined ? message : chosen.coding.encode(message),
  });
  if (query.length > LONGEST_QUERY) return undefined;
  const { path, fields } = shared.asking(head, "unary").plain;
  const kept = fields.filter(([name]) => !OF_POSTS.includes(name));
  return { method: "GET", path, query, fields: kept, memo: undefined };
}
