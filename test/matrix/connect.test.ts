import { httpClient } from "../../src/link/http-client.js";
import { http2Client } from "../../src/link/http2.js";
import type { ClientWire } from "../../src/wires/wire.js";
import { connect } from "../../src/wires/connect/wire.js";
import { wireKit } from "../wirekit.js";
import { jsonBodies } from "./json-bodies.js";
import { composed } from "./worlds.js";

const place = (): string => "tcp://127.0.0.1:0";

/** A protocol's way to travel, of which it is known that there is one. */
function known(wire: ClientWire | undefined): ClientWire {
  if (wire === undefined) throw new Error("The protocol does not go that way.");
  return wire;
}

const CARRIES = { reasons: false, looseShapes: false };
const over = { http: known(httpClient(connect)), http2: known(http2Client(connect)) };

wireKit("Connect over HTTP/2, as serve() and connect() do it", jsonBodies(composed(over.http2, place)), {
  buffered: true,
  carries: CARRIES,
});

wireKit("Connect over HTTP/1.1, as serve() and connect() do it", jsonBodies(composed(over.http, place)), {
  buffered: true,
  carries: CARRIES,
});
