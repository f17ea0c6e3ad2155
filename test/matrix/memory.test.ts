import { frame } from "../../src/wires/frame/wire.js";
import { wireKit } from "../wirekit.js";
import { overMemory } from "./worlds.js";

for (const chunkBytes of [1, 7, 65_536])
  wireKit(`Frames through memory, in chunks of ${chunkBytes} bytes`, overMemory(frame, chunkBytes));
