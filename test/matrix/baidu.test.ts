import { baidu } from "../../src/wires/baidu/wire.js";
import { wireKit } from "../wirekit.js";
import { jsonBodies } from "./json-bodies.js";
import { composed, overMemory } from "./worlds.js";

const { stream } = baidu;
const place = (): string => "tcp://127.0.0.1:0";

for (const chunkBytes of [1, 7, 65_536])
  wireKit(`baidu_std through memory, in chunks of ${chunkBytes} bytes`, jsonBodies(overMemory(stream, chunkBytes)));

wireKit("baidu_std over TCP, as serve() and connect() do it", jsonBodies(composed(stream, place)), { buffered: true });
