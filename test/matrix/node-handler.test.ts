import { createServer } from "node:http2";
import { http2Client } from "../../src/link/http2.js";
import { grpc } from "../../src/wires/grpc/wire.js";
import { wireKit } from "../wirekit.js";
import { jsonBodies } from "./json-bodies.js";
import { within } from "./within.js";

wireKit("gRPC to a handler in node:http2", jsonBodies(within(http2Client(grpc), (handler) => createServer(handler))), {
  buffered: true,
  carries: { reasons: false },
});
