import type { Protocol } from "../wire.js";
import { connectClient } from "./client.js";
import { connectOffer } from "./offer.js";
import { connectServer } from "./server.js";

/** Connect (https://connectrpc.com/docs/protocol), over HTTP of any version. README.md beside this file says what it carries. */
export const connect: Protocol = {
  name: "connect",
  http: {
    ...connectOffer,
    server: connectServer,
    client: connectClient,
  },
};
