import type { Server } from "node:net";
import type { StartServer } from "../peer.js";
import { jaysonServer } from "./jayson-server.js";
import { listening } from "./listening.js";

/** JSON-RPC over TCP, as the npm package jayson serves it: JSON texts one after the other. */
export const start: StartServer = (port) => listening(jaysonServer().tcp() as Server, port);
