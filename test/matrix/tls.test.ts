import { http2Client } from "../../src/link/http2.js";
import { grpc } from "../../src/wires/grpc/wire.js";
import { wireKit } from "../wirekit.js";
import { jsonBodies } from "./json-bodies.js";
import { composed } from "./worlds.js";

const place = (): string => "tls://127.0.0.1:0";
const client = http2Client(grpc);
if (client === undefined) throw new Error("gRPC rides HTTP/2.");

wireKit("gRPC over TLS", jsonBodies(composed(client, place, { protocols: ["h2"] })), {
  buffered: true,
  carries: { reasons: false },
});
