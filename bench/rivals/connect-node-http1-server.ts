import { createServer } from "node:http";
import type { StartServer } from "../peer.js";
import { connectNodeHandler } from "./connect-node.js";
import { listening } from "./listening.js";

/** Connect over HTTP/1.1, as connect-node serves it. */
export const start: StartServer = (port) => listening(createServer(connectNodeHandler()), port);
