import type { HttpWire } from "../http.js";
import type { Protocol, Wire } from "../wire.js";
import { JsonRpcClientSession } from "./client-session.js";
import { contentLength } from "./content-length.js";
import { detectJsonRpc } from "./detect.js";
import { httpClient } from "./http-client.js";
import { httpServer } from "./http-server.js";
import { lines } from "./lines.js";
import { jsonRpcOffer } from "./offer.js";
import { JsonRpcServerSession } from "./server-session.js";
import { wholeMessages } from "./whole-messages.js";

const name = "jsonrpc";

const stream: Wire = {
  name,
  shares: "unary",
  detect: detectJsonRpc,
  server: (outlet, dispatch, options) => new JsonRpcServerSession(outlet, dispatch, { options }),
  client: (outlet, options) =>
    new JsonRpcClientSession(outlet, { options, framing: options.framing === "headers" ? contentLength : lines }),
};

const messages: Wire = {
  name,
  shares: "unary",
  // What the carrier is has been found out by then.
  detect: () => "other",
  server: (outlet, dispatch, options) =>
    new JsonRpcServerSession(outlet, dispatch, { options, framing: wholeMessages }),
  client: (outlet, options) => new JsonRpcClientSession(outlet, { options, framing: wholeMessages }),
};

const http: HttpWire = { ...jsonRpcOffer, server: httpServer, client: httpClient };

/** JSON-RPC 2.0 (https://www.jsonrpc.org/specification) on a stream, on messages and over HTTP. README.md beside this file has its extensions. */
export const jsonrpc: Required<Omit<Protocol, "batching">> = { name, stream, messages, http };
