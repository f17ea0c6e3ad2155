import { createServer } from "node:http";
import type { StartServer } from "../peer.js";
import { jaysonServer } from "./jayson-server.js";
import { listening } from "./listening.js";

/** JSON-RPC over HTTP as the npm package jayson serves it. */
export const start: StartServer = (port) => listening(jaysonServer().http() as ReturnType<typeof createServer>, port);
