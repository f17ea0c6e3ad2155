import type { Protocol } from "../wire.js";
import { xmlRpcClient } from "./client.js";
import { joinedCalls } from "./joined-calls.js";
import { xmlRpcOffer } from "./offer.js";
import { xmlRpcServer } from "./server.js";

/** XML-RPC over HTTP (http://xmlrpc.com/spec.md), one message each way. README.md beside this file says what it carries. */
export const xmlrpc: Protocol = {
  name: "xmlrpc",
  http: {
    ...xmlRpcOffer,
    server: xmlRpcServer,
    client: xmlRpcClient,
  },
  batching: joinedCalls,
};
