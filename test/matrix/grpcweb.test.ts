import { httpClient } from "../../src/link/http-client.js";
import { http2Client } from "../../src/link/http2.js";
import { grpc } from "../../src/wires/grpc/wire.js";
import { grpcWeb } from "../../src/wires/grpcweb/wire.js";
import type { ClientWire } from "../../src/wires/wire.js";
import { wireKit } from "../wirekit.js";
import { jsonBodies } from "./json-bodies.js";
import { composed } from "./worlds.js";

const protocol = grpcWeb(grpc);
const place = (): string => "tcp://127.0.0.1:0";

/** The way to travel, of which it is known that there is one. */
function known(wire: ClientWire | undefined): ClientWire {
  if (wire === undefined) throw new Error("gRPC-Web rides HTTP.");
  return wire;
}

/** The same, with bodies that are text. */
function asText(wire: ClientWire): ClientWire {
  return { ...wire, client: (outlet, options) => wire.client(outlet, { ...options, grpcweb: { text: true } }) };
}

const http = known(httpClient(protocol));
const http2 = known(http2Client(protocol));

for (const [name, wire] of [
  ["gRPC-Web over HTTP/1.1", http],
  ["gRPC-Web as text over HTTP/2", asText(http2)],
] as const)
  wireKit(`${name}, as serve() and connect() do it`, jsonBodies(composed(wire, place)), {
    buffered: true,
    carries: { reasons: false },
  });
