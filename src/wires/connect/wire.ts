import type { Protocol } from "../wire.js";
import { connectClient } from "./client.js";
import { CONTENT_TYPES } from "./codec.js";
import { connectServer } from "./server.js";

/** Connect (https://connectrpc.com/docs/protocol), over HTTP of any version. README.md beside this file says what it carries. */
export const connect: Protocol = {
  name: "connect",
  http: {
    name: "connect",
    routes: [
      { method: "POST", paths: "calls", types: CONTENT_TYPES },
      { method: "GET", paths: "calls" },
    ],
    streams: true,
    ownCodings: true,
    server: connectServer,
    client: connectClient,
  },
};
