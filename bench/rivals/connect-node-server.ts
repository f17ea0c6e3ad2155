import { createServer } from "node:http2";
import type { StartServer } from "../peer.js";
import { connectNodeHandler } from "./connect-node.js";
import { listening } from "./listening.js";

/** gRPC, gRPC-Web and Connect over HTTP/2 without TLS, as connect-node serves them. */
export const start: StartServer = (port) => listening(createServer(connectNodeHandler()), port);
