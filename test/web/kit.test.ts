import { wireKit } from "../wirekit.js";
import { fromPage } from "./web-world.js";

wireKit("JSON-RPC by fetch, as pages do it", fromPage("jsonrpc"), {
  buffered: true,
  carries: { streams: false, reasons: false, givingUp: false },
});

wireKit("JSON-RPC over WebSocket, as pages do it", fromPage("jsonrpc+ws"), { buffered: true });
