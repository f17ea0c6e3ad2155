import { wireKit } from "../wirekit.js";
import { fromPage } from "./web-world.js";

wireKit("JSON-RPC over WebSocket, as pages do it", fromPage("jsonrpc+ws"), { buffered: true });
