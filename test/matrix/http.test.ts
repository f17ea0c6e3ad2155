import { httpClient, webSocketClient } from "../../src/link/http-client.js";
import { jsonrpc } from "../../src/wires/jsonrpc/wire.js";
import type { ClientWire } from "../../src/wires/wire.js";
import { xmlrpc } from "../../src/wires/xmlrpc/wire.js";
import { wireKit } from "../wirekit.js";
import { composed } from "./worlds.js";

const place = (): string => "tcp://127.0.0.1:0";

/** A protocol's way to travel, of which it is known that there is one. */
function known(wire: ClientWire | undefined): ClientWire {
  if (wire === undefined) throw new Error("The protocol does not go that way.");
  return wire;
}

wireKit("XML-RPC over HTTP, as serve() and connect() do it", composed(known(httpClient(xmlrpc)), place), {
  buffered: true,
  carries: { streams: false, details: false, text: "xml", reasons: false },
});

wireKit("JSON-RPC over HTTP, as serve() and connect() do it", composed(known(httpClient(jsonrpc)), place), {
  buffered: true,
  carries: { streams: false, reasons: false },
});

wireKit("JSON-RPC over WebSocket, as serve() and connect() do it", composed(known(webSocketClient(jsonrpc)), place), {
  buffered: true,
});

wireKit("JSON-RPC over TCP, as serve() and connect() do it", composed(jsonrpc.stream, place), { buffered: true });
