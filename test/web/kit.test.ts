import { wireKit } from "../wirekit.js";
import { fromPage } from "./web-world.js";

wireKit("JSON-RPC over WebSocket, as pages do it", fromPage("jsonrpc+ws"), { buffered: true });

// Node has a WebSocket of its own from 22 on.
if ("WebSocket" in globalThis)
  wireKit("JSON-RPC over the platform's WebSocket", fromPage("jsonrpc+ws", globalThis.WebSocket), { buffered: true });
