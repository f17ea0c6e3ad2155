import { frame } from "../../src/wires/frame/wire.js";
import { wireKit } from "../wirekit.js";
import { composed, overSocket } from "./worlds.js";

const place = (): string => "tcp://127.0.0.1:0";

for (const chunkBytes of [1, 65_536])
  wireKit(`Frames over TCP, in chunks of ${chunkBytes} bytes`, overSocket(frame, place, chunkBytes), {
    buffered: true,
  });

wireKit("Frames over TCP, as serve() and connect() do it", composed(frame, place), { buffered: true });
