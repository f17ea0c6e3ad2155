import { frame } from "../../src/wires/frame/wire.js";
import { wireKit } from "../wirekit.js";
import { overSocket, socketPlace } from "./worlds.js";

for (const chunkBytes of [7]) {
  wireKit(`Frames over a Unix socket, in chunks of ${chunkBytes} bytes`, overSocket(frame, socketPlace, chunkBytes), {
    buffered: true,
  });
}
